import os from 'node:os';
import type { Capacity } from '@plat/platform-kit/api/metrics-api.ts';
import type { MetadataClient } from '@plat/platform-kit/clients/metadata-client.ts';
import type { Logger } from '@plat/platform-kit/logging.ts';
import type { InstanceSample } from '@plat/platform-kit/metrics.ts';
import { pause } from '@plat/platform-kit/waiting.ts';
import type { HostInstance, InstanceHost } from './instance-host.ts';
import { readUsages } from './read-usages.ts';
import { versionKey } from './version-key.ts';

const EVERY_MS = 10_000;
/** Instances that are asked about in one round, in turn: each costs the engine some milliseconds. */
const PER_ROUND = 20;

type Look = { atMs: number; cpuMs: number; memoryBytes: number };
type Use = { cpuPercent: number | null; memoryBytes: number };

export type SamplerDeps = {
  host: Pick<InstanceHost, 'list' | 'usage'>;
  metadata: Pick<MetadataClient, 'recordSamples'>;
  logger: Logger;
  /** Whether the engine is on this machine, so that its processors and memory are known. */
  isLocal: boolean;
  now?: () => number;
};

/**
 * Looks every ten seconds at what instances use, by the engine's own counters, off the way of any call, and has it
 * recorded. A round that fails is left out: nobody waits for it.
 */
export class InstanceSampler {
  readonly #deps: SamplerDeps;
  readonly #stop = new AbortController();
  readonly #looks = new Map<string, Look>();
  readonly #uses = new Map<string, Use>();
  /** In the latest round; undefined before the first. */
  #present: number | undefined;
  #statuses = new Map<HostInstance['status'], number>();
  #next = 0;
  #loop: Promise<void> | undefined;

  constructor(deps: SamplerDeps) {
    this.#deps = deps;
  }

  start(): void {
    this.#loop ??= this.#run();
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#loop;
  }

  capacity(): Omit<Capacity, 'budget'> {
    const uses = [...this.#uses.values()];
    const { isLocal } = this.#deps;
    const sum = (values: number[]) => values.reduce((all, value) => all + value, 0);
    const percents = uses.flatMap(({ cpuPercent }) => (cpuPercent === null ? [] : [cpuPercent]));
    // Where there is nothing, nothing is used; otherwise it is not known yet.
    const none = this.#present === 0 ? 0 : null;
    return {
      cpus: isLocal ? os.cpus().length : null,
      memoryBytes: isLocal ? os.totalmem() : null,
      instances: this.#present ?? 0,
      cpuPercent: percents.length === 0 ? none : Math.round(sum(percents) * 10) / 10,
      usedMemoryBytes: uses.length === 0 ? none : sum(uses.map(({ memoryBytes }) => memoryBytes)),
    };
  }

  /** How many instances were in which state in the latest round. */
  get statuses(): ReadonlyMap<HostInstance['status'], number> {
    return this.#statuses;
  }

  /** One round: what it saw, by version. */
  async look(): Promise<InstanceSample[]> {
    const nowMs = (this.#deps.now ?? Date.now)();
    const all = await this.#deps.host.list();
    this.#statuses = new Map();
    for (const { status } of all) this.#statuses.set(status, (this.#statuses.get(status) ?? 0) + 1);
    // Those that are paused have their memory still.
    const present = all.filter(({ status }) => status === 'running' || status === 'paused');
    this.#present = present.length;
    this.#forgetAllBut(present);
    const looked = new Map<string, { cpuMs: number | null; periodMs: number; memoryBytes: number }>();
    const turn = this.#inTurn(present);
    const ids = turn.map(({ id }) => id);
    for (const { id, ...used } of await readUsages(this.#deps.host, ids))
      looked.set(id, this.#note(id, { ...used, atMs: nowMs }));
    const running = present.filter(({ status }) => status === 'running');
    return summarise(running, looked, new Date(nowMs).toISOString());
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    const { metadata, logger } = this.#deps;
    while (!signal.aborted) {
      await pause(EVERY_MS, signal);
      if (signal.aborted) return;
      try {
        const samples = await this.look();
        if (samples.length > 0) await metadata.recordSamples(samples);
      } catch (error) {
        logger.debug({ err: error }, 'instances could not be looked at');
      }
    }
  }

  #inTurn(present: HostInstance[]): HostInstance[] {
    if (present.length <= PER_ROUND) return present;
    const first = this.#next % present.length;
    this.#next = first + PER_ROUND;
    return [...present.slice(first), ...present.slice(0, first)].slice(0, PER_ROUND);
  }

  #note(id: string, look: Look): { cpuMs: number | null; periodMs: number; memoryBytes: number } {
    const before = this.#looks.get(id);
    this.#looks.set(id, look);
    const periodMs = before ? look.atMs - before.atMs : 0;
    // A counter that went back is that of a new run.
    const cpuMs = before && periodMs > 0 && look.cpuMs >= before.cpuMs ? look.cpuMs - before.cpuMs : null;
    const { memoryBytes } = look;
    this.#uses.set(id, { cpuPercent: cpuMs === null ? null : (cpuMs / periodMs) * 100, memoryBytes });
    return { cpuMs, periodMs, memoryBytes };
  }

  #forgetAllBut(present: HostInstance[]): void {
    const ids = new Set(present.map(({ id }) => id));
    for (const map of [this.#looks, this.#uses]) for (const id of map.keys()) if (!ids.has(id)) map.delete(id);
  } // prettier-ignore
}

function summarise(
  running: HostInstance[],
  looked: ReadonlyMap<string, { cpuMs: number | null; periodMs: number; memoryBytes: number }>,
  at: string,
): InstanceSample[] {
  const samples = new Map<string, InstanceSample>();
  for (const { id, labels } of running) {
    const { functionId, project, function: name, version } = labels;
    const key = versionKey(functionId, version);
    const sample = samples.get(key) ?? { functionId, project, function: name, version, instances: 0, cpuMs: null, periodMs: 0, memoryBytes: null, at }; // prettier-ignore
    samples.set(key, sample);
    sample.instances++;
    const use = looked.get(id);
    if (!use) continue;
    sample.memoryBytes = Math.max(sample.memoryBytes ?? 0, use.memoryBytes);
    if (use.cpuMs === null) continue;
    sample.cpuMs = (sample.cpuMs ?? 0) + use.cpuMs;
    sample.periodMs = Math.max(sample.periodMs, use.periodMs);
  }
  return [...samples.values()];
}
