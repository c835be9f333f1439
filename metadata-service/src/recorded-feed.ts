import type { Execution } from '@plat/platform-kit/domain.ts';
import { pause } from '@plat/platform-kit/waiting.ts';

/** Calls that are kept for readers of the feed, the newest. */
const KEPT = 1000;
/** Of one answer; the newest are given when there are more. */
const PAGE = 200;

export type RecordedPage = {
  seq: number;
  items: Execution[];
  /** How many more were recorded since. */
  skipped: number;
};

/** The calls that were just recorded, for whoever wants to show them as they come. In memory only: it begins anew with the process. */
export class RecordedFeed {
  readonly #kept: Execution[] = [];
  #seq = 0;
  #news = new AbortController();

  add(executions: readonly Execution[]): void {
    if (executions.length === 0) return;
    this.#seq += executions.length;
    this.#kept.push(...executions.slice(-KEPT));
    this.#kept.splice(0, this.#kept.length - KEPT);
    const news = this.#news;
    this.#news = new AbortController();
    news.abort();
  }

  /** What came after `since`, oldest first; waits up to `waitMs` when that is nothing. An unknown `since` gives nothing but `seq`. */
  async after(query: { since: number; waitMs: number }, signal: AbortSignal): Promise<RecordedPage> {
    if (query.since < 0 || query.since > this.#seq) return { seq: this.#seq, items: [], skipped: 0 };
    if (query.since === this.#seq) await pause(query.waitMs, AbortSignal.any([signal, this.#news.signal]));
    const fresh = this.#seq - query.since;
    const items = fresh === 0 ? [] : this.#kept.slice(-Math.min(fresh, PAGE));
    return { seq: this.#seq, items, skipped: fresh - items.length };
  }

  /** Ends every wait. */
  close(): void {
    this.#news.abort();
  }
}
