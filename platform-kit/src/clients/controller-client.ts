import type { Readable } from 'node:stream';
import type { Eviction, EvictionsSince } from '../eviction.ts';
import type { InstanceEvent } from '../api/events-api.ts';
import type { Capacity } from '../api/metrics-api.ts';
import type { InstanceInfo, LogLine, PooledContainer } from '../domain.ts';
import type { VersionLoad } from './proxy-client.ts';
import { InternalClient, path, type InternalClientOptions } from '../http-client.ts';
import { upkeepCalls, type UpkeepCalls } from './upkeep-calls.ts';

/** `waiting`: calls that wait for the version. `paused`: its instances that could go on at once, each wanted. */
export type WakeRequest = { timeoutMs: number; waiting?: number; paused?: string[] };

/**
 * How a wake ended. `ready`: `resumed` are those of `paused` that go on now, in the state in which they were. `failed`:
 * the instance cannot start; `reason` is for a person. `no_room`: nor can it now, as others have all that instances may
 * take of the host.
 */
export type WakeOutcome =
  | { outcome: 'ready'; resumed?: string[] }
  | { outcome: 'failed' | 'no_room'; reason: string }
  | { outcome: 'timeout' };

export type EngineInfo = {
  engine: string;
  available: boolean;
  version: string | null;
  /** Why it is not available, and what to do. */
  problem: string | null;
  /** How far instances are kept apart from the host and each other, where that is less than containers. */
  isolation?: string;
  /** While functions move to another engine: what has not moved yet, and what stands in the way. */
  move?: { to: string; left: string[]; problems: string[] };
  instances: number;
};

export type LogQuery = {
  follow?: boolean | undefined;
  /** ISO time; only lines printed since. */
  since?: string | undefined;
  /** Only the last so many lines of each instance. */
  tail?: number | undefined;
  requestId?: string | undefined;
  version?: number | undefined;
  /** ISO time; only lines up to then. */
  until?: string | undefined;
  /** Text that lines contain, in whatever case. */
  q?: string | undefined;
  /** By name, or the beginning of its id. */
  instance?: string | undefined;
  stream?: LogLine['stream'] | undefined;
};

/** What an instance has used since it started. */
export type InstanceUsage = { id: string; cpuMs: number; memoryBytes: number };

/** Instances in one call of `instanceUsages`. */
export const USAGES_MAX = 20;

/** The function-controller's internal API. */
export class ControllerClient {
  readonly #http: InternalClient;
  /** Checks and garbage of this service. */
  readonly upkeep: UpkeepCalls;

  constructor(options: Omit<InternalClientOptions, 'service'>) {
    this.#http = new InternalClient({ ...options, service: 'function-controller' });
    this.upkeep = upkeepCalls(this.#http);
  }

  /**
   * Asks that `version` has at least one ready instance, and waits for it. Idempotent: any number of callers share one
   * start. `conflict` when the function is stopped, `not_found` when there is no such version to run.
   */
  wake(
    functionId: string,
    version: number,
    {
      signal,
      traceparent,
      ...body
    }: WakeRequest & { signal?: AbortSignal; traceparent?: string | undefined },
  ): Promise<WakeOutcome> {
    return this.#http.json('POST', path`/versions/${functionId}/${version}/wake`, {
      body,
      timeoutMs: body.timeoutMs + 5000,
      ...(traceparent === undefined ? {} : { headers: { traceparent } }),
      signal,
    });
  }

  /** The load of some versions, sooner than it is asked for: calls wait for them. */
  reportLoad(items: VersionLoad[]): Promise<void> {
    return this.#http.json('POST', '/load', { body: { items } });
  }

  /** Takes an instance that hangs out of service and puts a new one in its place. Does nothing when it is gone. */
  replaceInstance(instanceId: string, body: { reason: string }): Promise<void> {
    return this.#http.json('POST', path`/instances/${instanceId}/replace`, { body });
  }

  /** `stats` asks the engine for CPU and memory, which takes it a second or two. */
  listInstances(
    query: { project?: string; functionId?: string; stats?: boolean } = {},
  ): Promise<{ items: InstanceInfo[] }> {
    return this.#http.json('GET', '/instances', { query, timeoutMs: 20_000 });
  }

  /** Server-sent events: `line` ({@link LogLine}) in order of time; without `follow` it ends with `end`. */
  logs(functionId: string, query: LogQuery, options: { signal?: AbortSignal } = {}): Promise<Readable> {
    return this.#http.stream('GET', path`/functions/${functionId}/logs`, { query, ...options });
  }

  /** What instances are there, without asking the engine about each. */
  instanceStates(): Promise<{ items: InstanceEvent[] }> {
    return this.#http.json('GET', '/instances/states', { timeoutMs: 10_000 });
  }

  /** Containers that wait for a function. */
  listPools(): Promise<{ items: PooledContainer[] }> {
    return this.#http.json('GET', '/pools', { timeoutMs: 10_000 });
  }

  /** The latest instances that were put out, of this function or for it, oldest first. */
  listEvictions(functionId: string): Promise<{ items: Eviction[] }> {
    return this.#http.json('GET', path`/functions/${functionId}/evictions`, { timeoutMs: 2000 });
  }

  /** Those of all functions, as far as they are kept; without `since` only where one would go on from. */
  evictionsSince(since?: number): Promise<EvictionsSince> {
    return this.#http.json('GET', '/evictions', { query: { since }, timeoutMs: 10_000 });
  }

  /** The host, and how busy instances were when they were last looked at. */
  usage(): Promise<Capacity> {
    return this.#http.json('GET', '/usage', { timeoutMs: 5000 });
  }

  /** By the engine's counters. Left out are instances that are gone, and all where the engine counts nothing. */
  instanceUsages(ids: readonly string[]): Promise<{ items: InstanceUsage[] }> {
    return this.#http.json('GET', '/instances/usage', { query: { ids: ids.join(',') }, timeoutMs: 3000 });
  }

  engine(): Promise<EngineInfo> {
    return this.#http.json('GET', '/engine', { timeoutMs: 5000 });
  }

  close(): Promise<void> {
    return this.#http.close();
  }
}
