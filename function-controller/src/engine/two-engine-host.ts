import { isProcessImage } from '@plat/platform-kit/process/process-state.ts';
import { watchTogether, type Watch } from '@plat/platform-kit/watch-together.ts';
import { ownResources } from '../budget/read-limits.ts';
import type { InstanceHost } from '../instance-host.ts';
import type { EngineState } from './engine-state.ts';

/** What the Docker engine calls a container; ids of processes are shorter. */
const CONTAINER_ID = /^[0-9a-f]{64}$/;

/**
 * Processes and containers as one place. Docker is asked for nothing while the phase is `process`; while it is `moving`, a
 * version runs where its image is. Processes are always seen, so that none is ever forgotten.
 */
export function createTwoEngineHost(options: {
  state: Pick<EngineState, 'phase' | 'changed' | 'move'>;
  processes: InstanceHost;
  containers: InstanceHost;
  /** The engine `process`'s folder. */
  folder: string;
}): InstanceHost {
  const { state, processes, containers, folder } = options;
  const hosts = () => (state.phase === 'process' ? [processes] : [processes, containers]);
  const hostOf = (id: string) => (CONTAINER_ID.test(id) ? containers : processes);
  const startOn = (imageId: string) => {
    if (state.phase === 'moving') return isProcessImage(folder, imageId) ? processes : containers;
    return state.phase === 'process' ? processes : containers;
  };
  return {
    get engine() {
      return state.phase === 'docker' ? containers.engine : processes.engine;
    },
    get pool() {
      return state.phase === 'docker' ? containers.pool : undefined;
    },
    start: (spec, signal, instance) => startOn(spec.imageId).start(spec, signal, instance),
    remove: (id, how) => hostOf(id).remove(id, how),
    pause: (id) => hostOf(id).pause(id),
    stop: (id, how) => hostOf(id).stop(id, how),
    resume: (id, only) => hostOf(id).resume(id, only),
    list: async (filter, signal) => {
      // An engine that hangs must not hold up functions that have gone back to processes meanwhile.
      const over = AbortSignal.any([state.changed, ...(signal ? [signal] : [])]);
      return (await Promise.all(hosts().map((host) => host.list(filter, over)))).flat();
    },
    // Over when the phase is: whoever watches begins again, with a list.
    watch: async ({ signal, onOpen, onEvent }) => {
      const { changed } = state;
      const phase: Watch = async ({ signal: over, onOpen: opened }) => {
        opened();
        await untilAborted([changed, over]);
      };
      const watches = hosts().map(
        (host): Watch =>
          (how) =>
            host.watch({ ...how, onEvent }),
      );
      await watchTogether([phase, ...watches], { signal, onOpen });
    },
    exits: (id) => hostOf(id).exits(id),
    stats: (id) => hostOf(id).stats(id),
    usage: (id) => {
      const { usage } = hostOf(id);
      return usage ? usage(id) : Promise.reject(new Error('This engine counts nothing.'));
    },
    logs: (id, query, signal) => hostOf(id).logs(id, query, signal),
    forgetProject: async (project) => {
      for (const host of hosts()) await host.forgetProject(project);
    },
    listProjects: async () => [
      ...new Set((await Promise.all(hosts().map((host) => host.listProjects()))).flat()),
    ],
    // Both are on this machine, as far as a choice between them goes; containers may have less of it.
    resources: async () => {
      const own = ownResources();
      const { resources } = containers;
      return state.phase === 'process' || !resources ? own : resources();
    },
    info: async () => {
      if (state.phase === 'docker') return containers.info();
      return {
        ...(await processes.info()),
        ...(state.phase === 'moving' && state.move ? { move: state.move } : {}),
      };
    },
  };
}

async function untilAborted(signals: readonly AbortSignal[]): Promise<void> {
  if (signals.some(({ aborted }) => aborted)) return;
  let end: () => void = () => undefined;
  await new Promise<void>((resolve) => {
    end = resolve;
    for (const signal of signals) signal.addEventListener('abort', end);
  });
  for (const signal of signals) signal.removeEventListener('abort', end);
}
