import type { VersionLoad } from '@plat/platform-kit/clients/proxy-client.ts';

/** Long enough for calls that come together to be reported together; while they go on coming the reports get fewer. */
const FIRST_MS = 5;
const EVERY_MS = 200;

/**
 * Reports versions for which calls wait, sooner than the controller asks. Only what has to wait comes by here, never a
 * call that finds an instance. A report that is lost is no harm: the next one says more, and the controller asks anyway.
 */
export class Pressure {
  readonly #report: (loads: VersionLoad[]) => Promise<void>;
  readonly #loadOf: (key: string) => VersionLoad | undefined;
  readonly #keys = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #lastAtMs = -Infinity;
  #gapMs = FIRST_MS;

  constructor(
    report: (loads: VersionLoad[]) => Promise<void>,
    loadOf: (key: string) => VersionLoad | undefined,
  ) {
    this.#report = report;
    this.#loadOf = loadOf;
  }

  note(key: string): void {
    this.#keys.add(key);
    if (this.#timer) return;
    const sinceMs = performance.now() - this.#lastAtMs;
    this.#gapMs = sinceMs > 2 * EVERY_MS ? FIRST_MS : Math.min(this.#gapMs * 2, EVERY_MS);
    this.#timer = setTimeout(this.#send, Math.max(FIRST_MS, this.#gapMs - sinceMs));
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#keys.clear();
  }

  readonly #send = (): void => {
    this.#timer = undefined;
    this.#lastAtMs = performance.now();
    const loads = [...this.#keys]
      .flatMap((key) => this.#loadOf(key) ?? [])
      .filter(({ waiting }) => waiting > 0);
    this.#keys.clear();
    if (loads.length > 0) void this.#report(loads).catch(() => undefined);
  };
}
