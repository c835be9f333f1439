import type { FunctionRecord } from '@plat/platform-kit/domain.ts';
import type { OwnThings } from './plan-strays.ts';

export type Drift = {
  /** Functions that always have instances and have too few: `project/name version n`, with how many of how many. */
  short: string[];
  /** Instances that run and are on no network: nobody can call them. */
  unreachable: { id: string; name: string; project: string | undefined }[];
  /** Projects with instances but without their network. */
  networkless: string[];
  /** Containers of ours with a port on the host; there must be none. */
  published: string[];
};

type Instance = { id: string; status: string; functionId: string; version: number; project: string };

/** Where the engine differs from the record. Pure. */
export function findDrift(input: {
  functions: readonly FunctionRecord[];
  instances: readonly Instance[];
  things: OwnThings | undefined;
}): Drift {
  const { functions, instances, things } = input;
  const up = instances.filter(({ status }) => ['running', 'paused', 'restarting'].includes(status));
  const short = functions.flatMap((fn) => {
    if (fn.state !== 'active') return [];
    const named = new Set(fn.aliases.flatMap(({ weights }) => weights.filter(({ weight }) => weight > 0).map(({ version }) => version))); // prettier-ignore
    return fn.versions.flatMap((version) => {
      if (version.state !== 'ready' || !named.has(version.number)) return [];
      const own = up.filter(
        ({ functionId, version: number }) => functionId === fn.id && number === version.number,
      );
      const { min } = version.config.scale;
      return own.length < min
        ? [`${fn.project}/${fn.name} version ${version.number} (${own.length} of ${min})`]
        : [];
    });
  });
  if (!things) return { short, unreachable: [], networkless: [], published: [] };
  const projectOf = new Map(instances.map(({ id, project }) => [id, project]));
  const withNetwork = new Set(things.networks.map(({ project }) => project));
  return {
    short,
    unreachable: things.containers
      .filter(({ isInstance, status, hasAddress }) => isInstance && status === 'running' && !hasAddress)
      .map(({ id, name }) => ({ id, name, project: projectOf.get(id) })),
    networkless: [...new Set(instances.map(({ project }) => project))].filter(
      (project) => !withNetwork.has(project),
    ),
    published: things.containers
      .filter(({ isInstance, publishedPorts }) => isInstance && publishedPorts.length > 0)
      .map(({ name, publishedPorts }) => `${name} (${publishedPorts.join(', ')})`),
  };
}
