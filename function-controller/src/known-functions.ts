import { ChangeFollower } from '@plat/platform-kit/change-feed.ts';
import type { MetadataClient } from '@plat/platform-kit/clients/metadata-client.ts';
import type { FunctionRecord } from '@plat/platform-kit/domain.ts';
import type { Logger } from '@plat/platform-kit/logging.ts';
import type { Snapshot } from './snapshot.ts';

export type KnownFunctionsOptions = {
  metadata: MetadataClient;
  snapshot: Snapshot;
  logger: Logger;
  /** The record was read whole, for the first time or anew. */
  onRead: () => void;
  onChange: (functionId: string) => void;
};

/**
 * The record of functions as this process knows it: what the change feed brought, and until that was read whole, what the
 * snapshot has kept.
 */
export class KnownFunctions {
  readonly #options: KnownFunctionsOptions;
  readonly #follower: ChangeFollower;
  #fromSnapshot = new Map<string, FunctionRecord>();

  constructor(options: KnownFunctionsOptions) {
    this.#options = options;
    const { metadata, logger, onRead, onChange } = options;
    this.#follower = new ChangeFollower({
      metadata,
      logger,
      listener: {
        onReset: () => {
          this.#fromSnapshot.clear();
          void this.#save();
          onRead();
        },
        onChange: (change) => {
          if (change.kind !== 'function') return;
          void this.#save();
          onChange(change.key);
        },
      },
    });
  }

  async start(): Promise<void> {
    const kept = await this.#options.snapshot.load();
    this.#fromSnapshot = new Map(kept.map((record) => [record.id, record]));
    this.#follower.start();
  }

  /** Keeps what is known for the next start. */
  async close(): Promise<void> {
    await this.#follower.close();
    if (this.isCurrent) await this.#save();
  }

  /** False while `all` comes from the snapshot, which may be old. */
  get isCurrent(): boolean {
    return this.#follower.synced;
  }

  /** Up to where the change feed was read. */
  get seq(): number {
    return this.#follower.replica.seq;
  }

  get all(): ReadonlyMap<string, FunctionRecord> {
    return this.isCurrent ? this.#follower.replica.functions : this.#fromSnapshot;
  }

  #save(): Promise<void> {
    return this.#options.snapshot.save([...this.#follower.replica.functions.values()]);
  }
}
