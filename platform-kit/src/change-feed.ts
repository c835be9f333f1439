import type { Change, FunctionRecord, Project, TokenRecord } from './domain.ts';
import type { Logger } from './logging.ts';
import type { MetadataClient } from './clients/metadata-client.ts';
import { backoffMs, pause } from './waiting.ts';

/** What a follower knows: a copy of the record that can be thrown away and read again. */
export type Replica = {
  seq: number;
  projects: Map<string, Project>;
  /** By function id. */
  functions: Map<string, FunctionRecord>;
  /** By token id. */
  tokens: Map<string, TokenRecord>;
};

export function emptyReplica(): Replica {
  return { seq: 0, projects: new Map(), functions: new Map(), tokens: new Map() };
}

/** Applies one change; the collections are keyed as `Change.key` says. */
export function applyChange(replica: Replica, change: Change): void {
  switch (change.kind) {
    case 'project':
      return put(replica.projects, change.key, change.value);
    case 'function':
      return put(replica.functions, change.key, change.value);
    case 'token':
      return put(replica.tokens, change.key, change.value);
  }
}

function put<T>(map: Map<string, T>, key: string, value: T | null): void {
  if (value === null) map.delete(key);
  else map.set(key, value);
}

export type ChangeListener = {
  /** The whole state was read anew; anything may have changed. */
  onReset?: (replica: Replica) => void;
  /** One change, already applied. */
  onChange?: (change: Change) => void;
};

/**
 * Follows the metadata service's change feed by long poll, with back-off while it is away. The replica stays as it was
 * in the meantime: who routes by it goes on routing.
 *
 * INVARIANTS: changes are applied in the order of `seq`; `caughtUp(seq)` resolves only once everything up to `seq` is applied.
 */
export class ChangeFollower {
  readonly replica = emptyReplica();
  readonly #metadata: Pick<MetadataClient, 'changes'>;
  readonly #logger: Logger;
  readonly #listener: ChangeListener;
  readonly #stop = new AbortController();
  readonly #waiters = new Set<() => void>();
  #loop: Promise<void> | undefined;
  #synced = false;
  #lost = false;

  constructor(options: {
    metadata: Pick<MetadataClient, 'changes'>;
    logger: Logger;
    listener?: ChangeListener;
  }) {
    this.#metadata = options.metadata;
    this.#logger = options.logger;
    this.#listener = options.listener ?? {};
  }

  /** True once the whole state was read at least once. */
  get synced(): boolean {
    return this.#synced;
  }

  start(): void {
    this.#loop ??= this.#follow();
  }

  /** Waits until everything up to `seq` is applied, at most `timeoutMs`; false when that did not happen. */
  async caughtUp(seq: number, timeoutMs: number): Promise<boolean> {
    const end = Date.now() + timeoutMs;
    while (!this.#synced || this.replica.seq < seq) {
      const left = end - Date.now();
      if (left <= 0 || this.#stop.signal.aborted) return false;
      const woken = new AbortController();
      const wake = () => woken.abort();
      this.#waiters.add(wake);
      await pause(left, woken.signal);
      this.#waiters.delete(wake);
    }
    return true;
  }

  async close(): Promise<void> {
    this.#stop.abort();
    for (const wake of this.#waiters) wake();
    await this.#loop;
  }

  async #follow(): Promise<void> {
    const { signal } = this.#stop;
    let failures = 0;
    while (!signal.aborted) {
      try {
        await this.#readOnce(signal);
        failures = 0;
        if (this.#lost) this.#logger.info({}, 'change feed is back');
        this.#lost = false;
      } catch (error) {
        if (signal.aborted) return;
        failures++;
        if (!this.#lost && failures > 2)
          this.#logger.warn({ err: error }, 'change feed is away; going on with what is known');
        this.#lost = failures > 2;
        await pause(backoffMs(failures, { baseMs: 50, maxMs: 2000 }), signal);
      }
    }
  }

  async #readOnce(signal: AbortSignal): Promise<void> {
    const since = this.#synced ? this.replica.seq : 0;
    const page = await this.#metadata.changes({ since, waitMs: this.#synced ? 20_000 : 0 }, signal);
    if (page.reset) {
      this.replica.projects.clear();
      this.replica.functions.clear();
      this.replica.tokens.clear();
      for (const change of page.changes) applyChange(this.replica, change);
      this.replica.seq = page.seq;
      this.#synced = true;
      this.#listener.onReset?.(this.replica);
    } else {
      for (const change of page.changes) {
        applyChange(this.replica, change);
        this.#listener.onChange?.(change);
      }
      this.replica.seq = page.seq;
    }
    for (const wake of this.#waiters) wake();
  }
}
