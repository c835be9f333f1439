import { parentPort, workerData } from 'node:worker_threads';
import type { MetadataConfig } from '@plat/metadata-service/config.ts';
import { start } from '@plat/metadata-service/start.ts';
import type { ThreadMessage } from './metadata-thread.ts';

/** The whole of the thread: starts the metadata service, says so, and closes it at the first message. */
export async function serveMetadata(): Promise<void> {
  const port = parentPort!;
  const say = (message: ThreadMessage) => port.postMessage(message);
  try {
    const running = await start(workerData as MetadataConfig);
    port.once('message', () => {
      void running.close().then(
        () => say({ kind: 'closed' }),
        (error: unknown) => say({ kind: 'failed', ...describe(error) }),
      );
    });
    say({ kind: 'listens', url: running.url });
  } catch (error) {
    say({ kind: 'failed', ...describe(error) });
  }
}

function describe(error: unknown): { name: string; message: string; stack: string | undefined } {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  return { name, message, stack };
}
