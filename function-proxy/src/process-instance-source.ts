import { listProcesses, watchProcesses } from '@plat/platform-kit/process/process-state.ts';
import type { InstanceSource } from './instance-source.ts';

const BEGINS = new Set(['start', 'unpause']);

/** Finds the instances of the engine `process` by its files. `folder` is the setting PROCESS_DIR. */
export function processInstanceSource(folder: string, namespace: string): InstanceSource {
  return {
    list: () => listProcesses(folder, namespace),
    watch: ({ signal, onOpen, onEvent }) =>
      watchProcesses(folder, {
        namespace,
        signal,
        onOpen,
        onEvent: ({ id, action }) => onEvent({ id, began: BEGINS.has(action) }),
      }),
  };
}
