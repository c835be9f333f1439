import type { ControllerClient } from '@plat/platform-kit/clients/controller-client.ts';
import { USAGES_MAX } from '@plat/platform-kit/clients/controller-client.ts';
import type { RecordedExecution } from '@plat/platform-kit/clients/metadata-client.ts';
import { shareOf, type UsageLook } from './share-of.ts';

const AFTER_MS = 250;
const EVERY_MS = 1000;
const HELD_MAX = 2000;
const LOOKS_KEPT = 30;

/** What an instance says of the time its calls took; see `Instance.busyMs`. */
export type BusyInstance = { id: string; busyMs: () => number };
/** `busyMsBefore`: the instance's, when the call began. */
export type ServedCall = { servedBy: BusyInstance | undefined; busyMsBefore: number };

type Held = { execution: RecordedExecution; fromBusyMs: number; toBusyMs: number };

export type UsageSamplerDeps = {
  controller: Pick<ControllerClient, 'instanceUsages'>;
  record: (execution: RecordedExecution) => void;
};

/**
 * CPU and memory of calls whose runtime does not tell them, from the counters of their instances: the records of such
 * calls are held until somebody has looked, a second or so, and then go on with their part of what was used.
 *
 * INVARIANTS
 * 1. `take` never waits. A call whose runtime told its use costs one comparison.
 * 2. At most `HELD_MAX` records are held; one look at a time, at most one a second, at `USAGES_MAX` instances.
 * 3. A record is held for one look at its instance, whatever comes of it; `close` lets all of them go at once.
 */
export class UsageSampler {
  readonly #deps: UsageSamplerDeps;
  readonly #held = new Map<BusyInstance, Held[]>();
  readonly #looks = new WeakMap<BusyInstance, UsageLook[]>();
  #count = 0;
  #lastAtMs = -EVERY_MS;
  #timer: NodeJS.Timeout | undefined;
  #isLooking = false;
  #isClosed = false;

  constructor(deps: UsageSamplerDeps) {
    this.#deps = deps;
  }

  /** Whether it records this call later on; otherwise that is the caller's. */
  take(execution: RecordedExecution, { servedBy, busyMsBefore }: ServedCall): boolean {
    if (execution.usage !== null || servedBy === undefined || execution.phases.connected === null)
      return false;
    if (this.#isClosed || this.#count >= HELD_MAX) return false;
    const held = { execution, fromBusyMs: busyMsBefore, toBusyMs: servedBy.busyMs() };
    const others = this.#held.get(servedBy);
    if (others) others.push(held);
    else this.#held.set(servedBy, [held]);
    this.#count++;
    this.#arm();
    return true;
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    for (const instance of [...this.#held.keys()]) this.#release(instance, []);
  }

  #arm(): void {
    if (this.#isLooking || this.#isClosed || this.#held.size === 0) return;
    const waitMs = Math.max(AFTER_MS, this.#lastAtMs + EVERY_MS - performance.now());
    this.#timer ??= setTimeout(() => void this.#look(), waitMs);
  }

  async #look(): Promise<void> {
    this.#timer = undefined;
    this.#isLooking = true;
    const instances = [...this.#held.keys()].slice(0, USAGES_MAX);
    const { items } = await this.#deps.controller
      .instanceUsages(instances.map(({ id }) => id))
      .catch(() => ({ items: [] }));
    const usages = new Map(items.map((usage) => [usage.id, usage]));
    for (const instance of instances) {
      const usage = usages.get(instance.id);
      const looks = this.#looks.get(instance) ?? [];
      if (usage) looks.push({ busyMs: instance.busyMs(), cpuMs: usage.cpuMs });
      this.#looks.set(instance, looks.slice(-LOOKS_KEPT));
      this.#release(instance, usage ? looks : [], usage?.memoryBytes);
    }
    this.#isLooking = false;
    this.#lastAtMs = performance.now();
    this.#arm();
  }

  #release(instance: BusyInstance, looks: readonly UsageLook[], memoryBytes?: number): void {
    const held = this.#held.get(instance) ?? [];
    this.#held.delete(instance);
    this.#count -= held.length;
    for (const { execution, fromBusyMs, toBusyMs } of held) {
      if (memoryBytes === undefined) {
        this.#deps.record(execution);
        continue;
      }
      const ownMs = execution.durationMs;
      const { cpuMs, isShared } = shareOf({ fromBusyMs, toBusyMs, ownMs }, looks);
      const usage = isShared ? 'shared' : 'sampled';
      this.#deps.record({ ...execution, cpuMs, memoryBytes: Math.round(memoryBytes), usage });
    }
  }
}
