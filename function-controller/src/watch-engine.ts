import type { Logger } from '@plat/platform-kit/logging.ts';
import { backoffMs, pause } from '@plat/platform-kit/waiting.ts';
import type { InstanceHost } from './instance-host.ts';

export type EngineWatch = {
  host: Pick<InstanceHost, 'watch'>;
  logger: Logger;
  /** The stream of events is open, for the first time or again: what happened before was not seen. */
  onOpen: () => void;
  onEvent: (functionId: string, action: string) => void;
  /** The stream broke: what happens from now on is not seen. */
  onLost: () => void;
  signal: AbortSignal;
};

/** Follows the engine's events until `signal`, and opens their stream again whenever it breaks. Never rejects. */
export async function watchEngine({
  host,
  logger,
  onOpen,
  onEvent,
  onLost,
  signal,
}: EngineWatch): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    try {
      await host.watch({
        signal,
        onOpen: () => {
          if (failures > 0) logger.info({}, 'engine is back');
          failures = 0;
          onOpen();
        },
        onEvent: (functionId, action) => {
          if (!action.startsWith('exec_')) onEvent(functionId, action);
        },
      });
    } catch (error) {
      if (!signal.aborted && failures === 0) logger.warn({ err: error }, 'engine is away');
    }
    onLost();
    failures++;
    await pause(backoffMs(failures, { baseMs: 100, maxMs: 2000 }), signal);
  }
}
