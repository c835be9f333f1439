import type { VersionLoad } from '@plat/platform-kit/clients/proxy-client.ts';

/** Long enough for calls that come together to be reported together; while they go on coming the reports get fewer. */
const FIRST_MS = 5;
const EVERY_MS = 200;
/** A first instance is there sooner when others do not start beside it, if it comes from a pool; after that it does not. */
const WAKING_MS = 60;
/** How long calls have to show whether they are quick, and how soon that is looked at again. */
const LOOK_MS = 20;
/** As long as it takes until another instance would take over some of them. */
const START_MS = 100;

/** `answered`: calls so far that ended while others waited. */
export type Pressing = { load: VersionLoad; isAwake: boolean; answered: number };

type Watched = { dueAtMs: number; lookedAtMs: number; answered: number };

/**
 * Reports versions for which calls wait, sooner than the controller asks, if more instances would help them. Only what has
 * to wait comes by here, never a call that finds an instance. A report that is lost is no harm: the next one says more,
 * and the controller asks anyway.
 *
 * INVARIANT: what waits when it is looked at is reported, or looked at again: while the first instance is on its way, or
 * calls end so quickly that those who wait are served before another instance could be there.
 */
export class Pressure {
  readonly #report: (loads: VersionLoad[]) => Promise<void>;
  readonly #of: (key: string) => Pressing | undefined;
  readonly #watched = new Map<string, Watched>();
  #timer: NodeJS.Timeout | undefined;
  #lastAtMs = -Infinity;
  #gapMs = FIRST_MS;

  constructor(report: (loads: VersionLoad[]) => Promise<void>, of: (key: string) => Pressing | undefined) {
    this.#report = report;
    this.#of = of;
  }

  /** Somebody waits behind others. */
  note(key: string): void {
    if (this.#watched.has(key)) return;
    const { isAwake = true, answered = 0 } = this.#of(key) ?? {};
    const nowMs = performance.now();
    this.#watched.set(key, {
      dueAtMs: nowMs + (isAwake ? FIRST_MS : WAKING_MS),
      lookedAtMs: nowMs,
      answered,
    });
    this.#arm();
  }

  /** An instance got ready: those who wait for it are now served, quickly or not. */
  woke(key: string): void {
    if (!this.#watched.has(key)) return;
    this.#lookAgain(key, performance.now(), this.#of(key)?.answered ?? 0);
    this.#arm();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#watched.clear();
  }

  #lookAgain(key: string, nowMs: number, answered: number): void {
    this.#watched.set(key, { dueAtMs: nowMs + LOOK_MS, lookedAtMs: nowMs, answered });
  }

  #arm(): void {
    clearTimeout(this.#timer);
    if (this.#watched.size === 0) return;
    const nowMs = performance.now();
    const isBeginning = nowMs - this.#lastAtMs > 2 * EVERY_MS;
    const gapMs = isBeginning ? FIRST_MS : Math.min(this.#gapMs * 2, EVERY_MS);
    const dueAtMs = Math.min(...[...this.#watched.values()].map((watched) => watched.dueAtMs));
    this.#timer = setTimeout(() => this.#look(gapMs), Math.max(dueAtMs, this.#lastAtMs + gapMs) - nowMs);
  }

  #look(gapMs: number): void {
    const nowMs = performance.now();
    const loads: VersionLoad[] = [];
    for (const [key, seen] of this.#watched) {
      if (seen.dueAtMs > nowMs) continue;
      this.#watched.delete(key);
      const pressing = this.#of(key);
      if (!pressing || pressing.load.waiting === 0) continue;
      const answered = pressing.answered - seen.answered;
      const sinceMs = nowMs - seen.lookedAtMs;
      const isServedSoon = willBeServedWithin(START_MS, {
        waiting: pressing.load.waiting,
        answered,
        sinceMs,
      });
      if (pressing.isAwake && isServedSoon) this.#lookAgain(key, nowMs, pressing.answered);
      else loads.push(pressing.load);
    }
    if (loads.length > 0) {
      this.#lastAtMs = nowMs;
      this.#gapMs = gapMs;
      void this.#report(loads).catch(() => undefined);
    }
    this.#arm();
  }
}

/** Whether the last of those who wait has its turn by then, as calls ended lately. Pure. */
export function willBeServedWithin(
  ms: number,
  { waiting, answered, sinceMs }: { waiting: number; answered: number; sinceMs: number },
): boolean {
  return answered > 0 && (waiting * sinceMs) / answered <= ms;
}
