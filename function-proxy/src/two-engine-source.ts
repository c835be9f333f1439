import { readPhase, untilPhaseChanges } from '@plat/platform-kit/engine-phase.ts';
import { watchTogether, type Watch } from '@plat/platform-kit/watch-together.ts';
import type { InstanceSource } from './instance-source.ts';

/**
 * Processes and containers as one source. Docker is asked for nothing while the function-controller's phase is `process`.
 * The watch is over when the phase is: another one follows, with a list. `folder` is the setting PROCESS_DIR.
 */
export function twoEngineSource(
  folder: string,
  processes: InstanceSource,
  containers: InstanceSource,
): InstanceSource {
  const sourcesIn = (phase: string) => (phase === 'process' ? [processes] : [processes, containers]);
  return {
    list: async (signal) => {
      const sources = sourcesIn(readPhase(folder));
      return (await Promise.all(sources.map((source) => source.list(signal)))).flat();
    },
    watch: async ({ signal, onOpen, onEvent }) => {
      const phase = readPhase(folder);
      const untilNext: Watch = async ({ signal: over, onOpen: opened }) => {
        opened();
        await untilPhaseChanges(folder, phase, over);
      };
      const watches = sourcesIn(phase).map(
        (source): Watch =>
          (how) =>
            source.watch({ ...how, onEvent }),
      );
      await watchTogether([untilNext, ...watches], { signal, onOpen });
    },
  };
}
