import { createHash } from 'node:crypto';
import type { VersionRecord } from '@plat/platform-kit/domain.ts';
import type { InstanceSpec } from '../instance-host.ts';
import type { PoolSpec } from './pool-host.ts';

/** Whether instances of a version may come from a pool as far as its record says. Those that are always kept come back with the engine, which needs their image. */
export function mayUsePool({ state, config }: VersionRecord): boolean {
  return (
    state === 'ready' && config.contract === 'handler' && config.edge !== 'direct' && config.scale.min === 0
  );
}

/** The pool that an instance of this spec may come from. Its limits are the instance's from the start: a runtime sizes itself by them. */
export function poolSpec(runtime: string, imageId: string, spec: InstanceSpec): PoolSpec {
  const { project, port, memoryMb, cpus, pids, tmpMb } = spec;
  return { runtime, imageId, project, port, memoryMb, cpus, pids, tmpMb };
}

export function poolSpecHash(spec: PoolSpec): string {
  const parts = Object.entries(spec).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
}

/** One pool: containers of one project, all alike. */
export function poolKey(project: string, specHash: string): string {
  return `${project}/${specHash}`;
}
