import { listProcesses, watchProcesses } from '@plat/platform-kit/process/process-state.ts';
import type { InstanceSource } from './instance-source.ts';

/** Finds the instances of the engine `process` by its files. `folder` is the setting PROCESS_DIR. */
export function processInstanceSource(folder: string, namespace: string): InstanceSource {
  return {
    list: () => listProcesses(folder, namespace),
    watch: ({ signal, onOpen, onEvent }) =>
      watchProcesses(folder, {
        namespace,
        signal,
        onOpen,
        onEvent: ({ id, action }) => {
          const began = action === 'start';
          onEvent({ id, began, runs: began || action === 'unpause' });
        },
      }),
  };
}
