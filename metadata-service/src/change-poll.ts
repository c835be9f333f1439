import type { ChangesPage } from '@plat/platform-kit/domain.ts';
import { pause } from '@plat/platform-kit/waiting.ts';
import type { Store } from './store/store.ts';

/**
 * The long poll on the change feed, for any number of followers. One metadata service writes to a database: its own
 * commits wake its followers. Should another process write too, they see that when their wait is over, not at once.
 *
 * INVARIANTS: the count of commits is taken before the feed is read, so a commit between the read and the wait wakes
 * the wait that would have missed it; once closed, nobody waits.
 */
export class ChangePoll {
  readonly #store: Pick<Store, 'changesSince' | 'onCommit'>;
  readonly #unsubscribe: () => void;
  readonly #waiting = new Set<() => void>();
  #commits = 0;
  #closed = false;

  constructor(store: Pick<Store, 'changesSince' | 'onCommit'>) {
    this.#store = store;
    this.#unsubscribe = store.onCommit(() => {
      this.#commits++;
      this.#wakeAll();
    });
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** How many followers wait at this moment. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** The first page newer than `since`, or an empty one after `waitMs`, when `signal` aborts, or on `close`. */
  async next(query: { since: number; waitMs: number }, signal: AbortSignal): Promise<ChangesPage> {
    const end = performance.now() + query.waitMs;
    for (;;) {
      const seen = this.#commits;
      const page = await this.#store.changesSince(query.since);
      if (page.reset || page.changes.length > 0) return page;
      const leftMs = end - performance.now();
      if (leftMs <= 0 || this.#closed || signal.aborted) return page;
      if (seen === this.#commits) await this.#wait(leftMs, signal);
    }
  }

  close(): void {
    this.#closed = true;
    this.#unsubscribe();
    this.#wakeAll();
  }

  async #wait(ms: number, signal: AbortSignal): Promise<void> {
    const woken = new AbortController();
    const wake = () => woken.abort();
    this.#waiting.add(wake);
    signal.addEventListener('abort', wake, { once: true });
    await pause(Math.ceil(ms), woken.signal);
    signal.removeEventListener('abort', wake);
    this.#waiting.delete(wake);
  }

  #wakeAll(): void {
    for (const wake of this.#waiting) wake();
  }
}
