import { ChangeFollower } from '@plat/platform-kit/change-feed.ts';
import type { MetadataClient } from '@plat/platform-kit/clients/metadata-client.ts';
import type { FunctionRecord } from '@plat/platform-kit/domain.ts';
import type { Logger } from '@plat/platform-kit/logging.ts';
import type { Snapshot, SnapshotState } from './snapshot.ts';
import { findUnclaimed, type Named } from './unclaimed-functions.ts';

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
 *
 * INVARIANT: what a record that went back does not know is unclaimed, over restarts too, until a record knows it. The
 * snapshot remembers it; without that file nothing is.
 */
export class KnownFunctions {
  readonly #options: KnownFunctionsOptions;
  readonly #follower: ChangeFollower;
  #fromSnapshot = new Map<string, FunctionRecord>();
  #unclaimed = new Map<string, Named>();
  /** What was last saved, or loaded. */
  #seen: SnapshotState = { seq: 0, functions: [], unclaimed: [] };

  constructor(options: KnownFunctionsOptions) {
    this.#options = options;
    const { metadata, logger, onRead, onChange } = options;
    this.#follower = new ChangeFollower({
      metadata,
      logger,
      listener: {
        onReset: () => {
          this.#fromSnapshot.clear();
          this.#lookForUnclaimed();
          void this.#save();
          onRead();
        },
        onChange: (change) => {
          if (change.kind !== 'function') return;
          if (change.value) this.#unclaimed.delete(change.key);
          void this.#save();
          onChange(change.key);
        },
      },
    });
  }

  async start(): Promise<void> {
    this.#seen = await this.#options.snapshot.load();
    this.#fromSnapshot = new Map(this.#seen.functions.map((record) => [record.id, record]));
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

  /** Functions whose instances are left as they are; see {@link findUnclaimed}. By id. */
  get unclaimed(): ReadonlyMap<string, Named> {
    return this.#unclaimed;
  }

  #lookForUnclaimed(): void {
    const had = this.#unclaimed.size;
    this.#unclaimed = findUnclaimed(this.#seen, this.#follower.replica);
    if (this.#unclaimed.size === 0 || this.#unclaimed.size === had) return;
    this.#options.logger.error(
      { functions: [...this.#unclaimed.values()].map(({ project, name }) => `${project}/${name}`) },
      'the record does not know functions that ran: it is new or an older copy; their instances are left as they are',
    );
  }

  #save(): Promise<void> {
    const { seq, functions } = this.#follower.replica;
    this.#seen = { seq, functions: [...functions.values()], unclaimed: [...this.#unclaimed.values()] };
    return this.#options.snapshot.save(this.#seen);
  }
}
