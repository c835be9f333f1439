import type { Logger } from '@plat/platform-kit/logging.ts';
import type { Eviction, EvictionsSince } from '@plat/platform-kit/eviction.ts';
import type { HostInstance } from '../instance-host.ts';
import type { Pooled } from '../pools/pool-host.ts';
import type { Keeping } from './room-books.ts';

/** What could not go, as it has a call or became an instance, is left alone for so long. */
const STAYS_MS = 1000;

/** A version that got, or waits for, the room of another one. */
export type Taker = NonNullable<Eviction['taker']>;

const MOST_KEPT = 500;

export type EvictionsOptions = {
  /** Takes an instance out, unless it turns out to be in use: then false. */
  evict: (instance: HostInstance, keeping: Keeping) => Promise<boolean>;
  /** Removes a container of a pool, unless somebody has got it by now: then false. */
  giveUp: (id: string) => Promise<boolean>;
  /** What was put out is gone. */
  onGone: () => void;
  logger: Logger;
};

/** Takes out what has to make room, each in the background and once at a time. */
export class Evictions {
  readonly #options: EvictionsOptions;
  readonly #leaving = new Set<string>();
  readonly #staysUntilMs = new Map<string, number>();
  #latest: Eviction[] = [];
  #count = 0;

  constructor(options: EvictionsOptions) {
    this.#options = options;
  }

  /** Instances that went, since the start; what waited in pools is no instance. */
  get count(): number {
    return this.#count;
  }

  /** The latest, of a function or for it, oldest first. */
  of(functionId: string): Eviction[] {
    return this.#latest.filter(({ from, taker }) => from.functionId === functionId || taker?.functionId === functionId);
  } // prettier-ignore

  /** See ControllerClient.evictionsSince. Who was told more than there are was told by a controller before this one. */
  since(since: number | undefined): EvictionsSince {
    const told = since === undefined ? this.#count : since > this.#count ? 0 : since;
    const fresh = Math.min(this.#count - told, this.#latest.length);
    return { count: this.#count, items: fresh === 0 ? [] : this.#latest.slice(-fresh) };
  }

  /** A version has an instance again, or will in a moment. */
  isBack(functionId: string, version: number): void {
    const backAt = new Date().toISOString();
    for (const one of this.#latest)
      if (one.from.functionId === functionId && one.from.version === version) one.backAt ??= backAt;
  }

  isLeaving(id: string): boolean {
    return this.#leaving.has(id);
  }

  /** It could not go a moment ago. */
  stays(id: string): boolean {
    return Date.now() < (this.#staysUntilMs.get(id) ?? 0);
  }

  instance(instance: HostInstance, keeping: Keeping, taker: Taker | undefined): void {
    const { evict, logger } = this.#options;
    const { project, function: name, version } = instance.labels;
    const said = { instance: instance.id, project, function: name, version, keeping, ...(taker && { for: taker }) };
    this.#begin(instance.id, said, async () => {
      const at = new Date().toISOString();
      if (!(await evict(instance, keeping))) return false;
      this.#count++;
      const { functionId } = instance.labels;
      const from = { functionId, project, function: name, version };
      this.#latest.push({ at, instance: instance.id, from, taker: taker ?? null, backAt: null });
      this.#latest = this.#latest.slice(-MOST_KEPT);
      logger.info(said, 'instance evicted: others want its room');
      return true;
    });
  } // prettier-ignore

  pooled({ id, labels: { project, runtime } }: Pooled, taker: Taker | undefined): void {
    const { giveUp, onGone, logger } = this.#options;
    const said = { container: id, project, runtime, ...(taker && { for: taker }) };
    this.#begin(id, said, async () => {
      if (!(await giveUp(id))) return false;
      logger.info(said, 'container of a pool removed: an instance wants its room');
      // Unlike an instance's end, the engine's events do not tell this one.
      onGone();
      return true;
    });
  }

  #begin(id: string, said: object, work: () => Promise<boolean>): void {
    if (this.#leaving.has(id)) return;
    this.#leaving.add(id);
    void work()
      .then(
        (isGoing) => {
          if (!isGoing) this.#leftAlone(id);
        },
        (error: unknown) => {
          this.#leftAlone(id);
          this.#options.logger.debug({ ...said, err: error }, 'could not be evicted');
        },
      )
      .finally(() => this.#leaving.delete(id));
  }

  #leftAlone(id: string): void {
    for (const [other, untilMs] of this.#staysUntilMs)
      if (untilMs < Date.now()) this.#staysUntilMs.delete(other);
    this.#staysUntilMs.set(id, Date.now() + STAYS_MS);
  }
}
