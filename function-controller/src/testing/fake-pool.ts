import { PlatformError } from '@plat/platform-kit/errors.ts';
import { pause } from '@plat/platform-kit/waiting.ts';
import type { InstanceSpec } from '../instance-host.ts';
import { claimOf } from '../instance-spec.ts';
import { poolSpecHash } from '../pools/pool-spec.ts';
import type { Pooled, PoolHost, PoolSpec } from '../pools/pool-host.ts';
import type { FakeInstanceHost } from './fake-instance-host.ts';

type Given = { env: Record<string, string>; files: object[]; instance?: object };

/** Pools of the fake engine. `says`: what a container answers when it is asked whether it waits for a function. */
export class FakePool implements PoolHost {
  readonly containers = new Map<string, Pooled & { says: 'generic' | 'other' | 'silent' }>();
  readonly removed: string[] = [];
  readonly started: PoolSpec[] = [];
  /** What containers were given, by id. */
  readonly given = new Map<string, Given>();
  assignError: Error | undefined;
  specializeError: PlatformError | undefined;
  says: 'generic' | 'other' | 'silent' = 'generic';
  startMs = 0;
  readonly #host: FakeInstanceHost;
  readonly #ids = new Map<string, string>();
  #next = 0;

  constructor(host: FakeInstanceHost) {
    this.#host = host;
  }

  async start(spec: PoolSpec, instance = `pool-${this.#next}`): Promise<string> {
    const id = `p${this.#next++}`;
    const { project, runtime, port } = spec;
    const address = `10.0.1.${this.#next}`;
    this.#ids.set(address, id);
    this.started.push(spec);
    if (this.startMs > 0) await pause(this.startMs, new AbortController().signal);
    this.containers.set(id, {
      id,
      name: id,
      labels: { project, runtime, claim: claimOf(spec), instance, port, spec: poolSpecHash(spec) },
      status: 'running',
      address,
      createdAtMs: this.#next,
      says: this.says,
    });
    return id;
  }

  async list(): Promise<Pooled[]> {
    return [...this.containers.values()].map((one) => ({ ...one }));
  }

  async assign(id: string, spec: InstanceSpec, instance: string): Promise<void> {
    if (this.assignError) throw this.assignError;
    if (!this.containers.delete(id)) throw new PlatformError('not_found', `There is no container "${id}".`);
    this.#host.adopt(id, spec, instance);
  }

  async remove(id: string): Promise<void> {
    if (this.containers.delete(id)) this.removed.push(id);
  }

  givenAt(host: string, code: Given): void {
    const id = this.#ids.get(host);
    if (id === undefined || this.given.has(id)) throw new PlatformError('conflict', 'It has a function.');
    this.given.set(id, code);
  }

  /** The container at an address, as the proxy would find it. */
  at(host: string): (Pooled & { says: 'generic' | 'other' | 'silent' }) | undefined {
    return [...this.containers.values()].find(({ address }) => address === host);
  }
}
