import type { VersionLoad } from '@plat/platform-kit/clients/proxy-client.ts';

type Use = { lastUsedAtMs: number; busy: boolean; evictedAtMs?: number };

/** When each version was last used: what the proxy reports, and wakes. A cache: lost with the process, rebuilt by use. */
export class Activity {
  readonly #use = new Map<string, Use>();

  /** A wake, a start, or an instance found running: counts as use at `nowMs`. */
  touch(functionId: string, version: number, nowMs: number): void {
    const use = this.#use.get(key(functionId, version));
    this.#use.set(key(functionId, version), {
      ...use,
      lastUsedAtMs: Math.max(use?.lastUsedAtMs ?? 0, nowMs),
      busy: use?.busy ?? false,
    });
  }

  /** An instance of it had to go although its time was not over. */
  evicted(functionId: string, version: number, nowMs: number): void {
    const use = this.#use.get(key(functionId, version)) ?? { lastUsedAtMs: 0, busy: false };
    this.#use.set(key(functionId, version), { ...use, evictedAtMs: nowMs });
  }

  /** Whether one had to go since it was last used, at `lastUsedAtMs`. */
  isEvictedSince(functionId: string, version: number, lastUsedAtMs: number): boolean {
    const evictedAtMs = this.#use.get(key(functionId, version))?.evictedAtMs;
    return evictedAtMs !== undefined && evictedAtMs > lastUsedAtMs;
  }

  /** Takes over a whole report; versions that are not in it are not busy. */
  report(loads: readonly VersionLoad[], nowMs: number): void {
    for (const use of this.#use.values()) use.busy = false;
    for (const load of loads) {
      const busy = load.inFlight > 0 || load.waiting > 0;
      const seen = busy ? nowMs : load.lastRequestAt ? Date.parse(load.lastRequestAt) : 0;
      const use = this.#use.get(key(load.functionId, load.version));
      const before = use?.lastUsedAtMs ?? 0;
      if (seen || before)
        this.#use.set(key(load.functionId, load.version), {
          ...use,
          lastUsedAtMs: Math.max(before, seen),
          busy,
        });
    }
  }

  of(functionId: string, version: number): Use | undefined {
    return this.#use.get(key(functionId, version));
  }

  forget(functionId: string): void {
    for (const name of this.#use.keys()) if (name.startsWith(`${functionId}/`)) this.#use.delete(name);
  }
}

function key(functionId: string, version: number): string {
  return `${functionId}/${version}`;
}
