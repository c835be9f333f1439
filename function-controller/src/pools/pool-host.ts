import type { Claim } from '@plat/platform-kit/claim.ts';
import type { InstanceSpec } from '../instance-host.ts';

/** What a container of a pool is made of: everything but a function. Two with equal specs are interchangeable. */
export type PoolSpec = Pick<
  InstanceSpec,
  'project' | 'imageId' | 'port' | 'memoryMb' | 'cpus' | 'pids' | 'tmpMb'
> & { runtime: string };

/** A container of a pool that nobody has. `spec`: {@link poolSpecHash} of what it was made of. */
export type Pooled = {
  id: string;
  name: string;
  labels: { project: string; runtime: string; claim: Claim; instance: string; port: number; spec: string };
  status: 'created' | 'running' | 'paused' | 'restarting' | 'removing' | 'exited' | 'dead';
  address: string | null;
  createdAtMs: number;
};

/**
 * A place whose instances can start without a function. Errors are those of InstanceHost. Nothing is remembered between
 * calls: what `list` says survives every process of the platform.
 */
export type PoolHost = {
  /** Creates and starts one, confined as an instance of its project is, and named so in its labels; resolves once it runs, with its id. */
  start: (spec: PoolSpec, instance: string, signal: AbortSignal) => Promise<string>;
  /** Those that nobody has, in any state. */
  list: (signal?: AbortSignal) => Promise<Pooled[]>;
  /** From now on it is an instance like any other, and never again in `list`. It stays in its project. */
  assign: (id: string, spec: InstanceSpec, instance: string) => Promise<void>;
  /** Removes one that nobody has; does nothing when it is gone or has become an instance. */
  remove: (id: string) => Promise<void>;
};
