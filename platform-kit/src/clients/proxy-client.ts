import type { InstanceLabels } from '../docker/labels.ts';
import { InternalClient, path, type InternalClientOptions } from '../http-client.ts';
import type { Code } from '../pool-code.ts';
import { upkeepCalls, type UpkeepCalls } from './upkeep-calls.ts';

/**
 * What the proxy's own probe knows of an instance. `resting`: it gets no calls because it was put to rest, or is about to
 * be. `unknown`: the proxy has not discovered it (yet, or any more).
 */
export type Readiness =
  | { state: 'resting' }
  | { state: 'probing' }
  | { state: 'ready' }
  | { state: 'failed'; reason: string }
  | { state: 'unknown' };

/** The load of one version, for decisions about scale. Times are ISO 8601. */
export type VersionLoad = {
  functionId: string;
  version: number;
  inFlight: number;
  waiting: number;
  lastRequestAt: string | null;
};

/** How the proxy gets to instances. `reason` is a clause of evidence; `problem`: why it cannot at present. */
export type ReachInfo = {
  way: 'direct' | 'relay' | 'unknown';
  reason: string;
  problem: string | null;
};

/** Where a container without a function listens, as the engine lists it. */
export type Place = { host: string; port: number };

/** The function-proxy's internal API, as the controller uses it. */
export class ProxyClient {
  readonly #http: InternalClient;
  /** Checks and garbage of this service. */
  readonly upkeep: UpkeepCalls;

  constructor(options: Omit<InternalClientOptions, 'service'>) {
    this.#http = new InternalClient({ ...options, service: 'function-proxy' });
    this.upkeep = upkeepCalls(this.#http);
  }

  /** Waits up to `waitMs` for the state to leave `probing` and `unknown`; then says what it is. */
  readiness(instanceId: string, options: { waitMs: number; signal?: AbortSignal }): Promise<Readiness> {
    return this.#http.json('GET', path`/instances/${instanceId}/readiness`, {
      query: { waitMs: options.waitMs },
      timeoutMs: options.waitMs + 5000,
      signal: options.signal,
    });
  }

  listReadiness(): Promise<{ items: { instanceId: string; readiness: Readiness; inFlight: number }[] }> {
    return this.#http.json('GET', '/instances');
  }

  /**
   * Takes the instance out of the routing index at once (it never comes back), then waits for its calls to end, up to `timeoutMs` or,
   * if that is longer, `callsTimeoutMs`; what was upgraded is closed after `timeoutMs`. Answers how many are left. `seq`: the proxy first catches up with the change feed to there, so that it does not wake what was just given up.
   */
  drain(
    instanceId: string,
    body: { seq: number; timeoutMs: number; callsTimeoutMs?: number },
    signal?: AbortSignal,
  ): Promise<{ inFlight: number }> {
    return this.#http.json('POST', path`/instances/${instanceId}/drain`, {
      body,
      isLong: true,
      timeoutMs: Math.max(body.timeoutMs, body.callsTimeoutMs ?? 0) + 10_000,
      signal,
    });
  }

  /** Records of calls that are on their way, and how many were lost since the start. */
  recording(): Promise<{ queued: number; lost: number }> {
    return this.#http.json('GET', '/recording', { timeoutMs: 5000 });
  }

  /** Takes an instance out of the routing index until it is unparked or resumed, but only if it has no call. */
  park(instanceId: string): Promise<{ parked: boolean }> {
    return this.#http.json('POST', path`/instances/${instanceId}/park`, { body: {} });
  }

  /** It was not put to rest after all. */
  unpark(instanceId: string): Promise<void> {
    return this.#http.json('DELETE', path`/instances/${instanceId}/park`);
  }

  /**
   * Asks what listens there whether it waits for a function, until it says what it is or `waitMs` are over. `other`: it has
   * a function, or is no runtime's server.
   */
  awaitGeneric(
    place: Place,
    { waitMs, signal }: { waitMs: number; signal?: AbortSignal },
  ): Promise<{ state: 'generic' | 'other' | 'silent' }> {
    const body = { ...place, waitMs };
    return this.#http.json('POST', '/pooled/await', { body, timeoutMs: waitMs + 5000, signal });
  }

  /**
   * Hands a container without a function its code and variables, once. From then on the proxy takes it for `instance`,
   * though the engine may not list it as one for a moment; whether it loads, its readiness says. `conflict` when it has a function, `unreachable` when it does not answer.
   */
  specialize(
    body: Place &
      Code & {
        env: Record<string, string>;
        instance: { id: string; labels: Omit<InstanceLabels, 'port' | 'claim'> };
      },
    { timeoutMs }: { timeoutMs: number },
  ): Promise<void> {
    return this.#http.json('POST', '/pooled/specialize', { body: { ...body, timeoutMs }, timeoutMs });
  }

  load(): Promise<{ items: VersionLoad[] }> {
    return this.#http.json('GET', '/load');
  }

  reach(): Promise<ReachInfo> {
    return this.#http.json('GET', '/reach', { timeoutMs: 2000 });
  }

  close(): Promise<void> {
    return this.#http.close();
  }
}
