import type { VersionLoad } from '@plat/platform-kit/clients/proxy-client.ts';
import { versionKey } from '../version-key.ts';

/** What a use counts for is halved every so often: that is how what was once popular ages. */
const HALF_LIFE_MS = 5 * 60_000;
/** For a version whose start nobody saw. */
const USUAL_WAKE_MS = 1000;

type Entry = {
  /** Uses, each for what it still counts at `atMs`. */
  uses: number;
  atMs: number;
  lastRequestAt: string | null;
  startsSinceMs: number | undefined;
  wakeCostMs: number;
};

/**
 * How much each version would be missed: frequency × wake cost ÷ memory, as greedy-dual has it. A cache: lost with the
 * process, rebuilt by use. Keys are version keys.
 */
export class Usefulness {
  readonly #entries = new Map<string, Entry>();

  /** Takes over a report of the proxy: a version that had calls since the last one was used once. */
  report(loads: readonly VersionLoad[], nowMs: number): void {
    for (const { functionId, version, inFlight, waiting, lastRequestAt } of loads) {
      const key = versionKey(functionId, version);
      const before = this.#entries.get(key)?.lastRequestAt ?? null;
      if (inFlight + waiting > 0 || (lastRequestAt !== null && lastRequestAt !== before))
        this.used(key, nowMs);
      const entry = this.#entries.get(key);
      if (entry) entry.lastRequestAt = lastRequestAt;
    }
  }

  used(key: string, nowMs: number): void {
    const entry = this.#of(key, nowMs);
    entry.uses = this.#usesAt(entry, nowMs) + 1;
    entry.atMs = nowMs;
  }

  /** An instance of it is being started. */
  starts(key: string, nowMs: number): void {
    this.#of(key, nowMs).startsSinceMs = nowMs;
  }

  /** An instance of it is ready. */
  ready(key: string, nowMs: number): void {
    const entry = this.#entries.get(key);
    if (entry?.startsSinceMs === undefined) return;
    entry.wakeCostMs = Math.max(1, nowMs - entry.startsSinceMs);
    entry.startsSinceMs = undefined;
  }

  worth(key: string, memoryMb: number, nowMs: number): number {
    const entry = this.#entries.get(key);
    if (!entry || memoryMb <= 0) return 0;
    return (this.#usesAt(entry, nowMs) * entry.wakeCostMs) / memoryMb;
  }

  forgetFunction(functionId: string): void {
    for (const key of this.#entries.keys()) if (key.startsWith(`${functionId}/`)) this.#entries.delete(key);
  }

  #of(key: string, nowMs: number): Entry {
    const entry = this.#entries.get(key) ?? { uses: 0, atMs: nowMs, lastRequestAt: null, startsSinceMs: undefined, wakeCostMs: USUAL_WAKE_MS }; // prettier-ignore
    this.#entries.set(key, entry);
    return entry;
  }

  #usesAt({ uses, atMs }: Entry, nowMs: number): number {
    return uses * 2 ** (-Math.max(0, nowMs - atMs) / HALF_LIFE_MS);
  }
}
