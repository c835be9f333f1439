import type { VersionLoad } from '@plat/platform-kit/clients/proxy-client.ts';
import type { VersionRecord } from '@plat/platform-kit/domain.ts';
import { STABLE_WINDOW_MS, autoscale, type LoadSample, type Panic } from './autoscale.ts';
import { versionKey } from './version-key.ts';

type Entry = {
  functionId: string;
  samples: LoadSample[];
  panic: Panic | undefined;
  /** As `decide` was told and answered last. */
  version: VersionRecord;
  present: number;
  count: number;
};

/**
 * The calls that each version in use has had over the last minute, and how many instances follow from it. A cache: lost
 * with the process, which then leaves things as they are until it knows enough.
 */
export class LoadHistory {
  readonly #entries = new Map<string, Entry>();
  /** What the last report said of versions that have calls. */
  readonly #demand = new Map<string, number>();

  /** Takes over a report of the proxy; with `whole`, what is not in it has no calls. */
  report(loads: readonly VersionLoad[], nowMs: number, { whole }: { whole: boolean }): void {
    if (whole) this.#demand.clear();
    for (const { functionId, version, inFlight, waiting } of loads) {
      const key = versionKey(functionId, version);
      if (inFlight + waiting > 0) this.#demand.set(key, inFlight + waiting);
      else this.#demand.delete(key);
      if (!whole) this.#sample(key, nowMs);
    }
    if (whole) for (const key of this.#entries.keys()) this.#sample(key, nowMs);
  }

  /** How many instances a version in use should have, with `present` that serve or are about to. */
  decide(version: VersionRecord, present: number, nowMs: number): number {
    const key = versionKey(version.functionId, version.number);
    const entry = this.#entries.get(key) ?? {
      functionId: version.functionId,
      samples: [{ atMs: nowMs, demand: this.#demand.get(key) ?? 0 }],
      panic: undefined,
      version,
      present,
      count: present,
    };
    this.#entries.set(key, entry);
    entry.version = version;
    entry.present = present;
    return this.#decide(entry, nowMs);
  }

  /** Functions for which `decide` would answer something else than it did. */
  outdated(nowMs: number): string[] {
    const changed: string[] = [];
    for (const entry of this.#entries.values()) {
      const before = entry.count;
      if (this.#decide(entry, nowMs) !== before) changed.push(entry.functionId);
    }
    return changed;
  }

  /** The version sleeps, or is gone: what comes then is a beginning. */
  forget(functionId: string, version: number): void {
    this.#entries.delete(versionKey(functionId, version));
  }

  forgetFunction(functionId: string): void {
    for (const [key, entry] of this.#entries) if (entry.functionId === functionId) this.#entries.delete(key);
  }

  #decide(entry: Entry, nowMs: number): number {
    const { concurrency, scale } = entry.version.config;
    const { count, panic } = autoscale({ ...entry, concurrency, ...scale, nowMs });
    entry.panic = panic;
    return (entry.count = count);
  }

  /** Only changes are kept: a sample holds until the next one. */
  #sample(key: string, nowMs: number): void {
    const samples = this.#entries.get(key)?.samples;
    const demand = this.#demand.get(key) ?? 0;
    if (!samples || samples.at(-1)?.demand === demand) return;
    samples.push({ atMs: nowMs, demand });
    const sinceMs = nowMs - STABLE_WINDOW_MS;
    while (samples.length > 1 && samples[1]!.atMs <= sinceMs) samples.shift();
  }
}
