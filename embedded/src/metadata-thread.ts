import { Worker } from 'node:worker_threads';
import type { MetadataConfig } from '@plat/metadata-service/config.ts';
import { ConfigError } from '@plat/platform-kit/config.ts';
import type { Running } from '@plat/platform-kit/http-server.ts';

/** What the thread says: that it listens, that it is closed, or why it cannot. */
export type ThreadMessage =
  | { kind: 'listens'; url: string }
  | { kind: 'closed' }
  | { kind: 'failed'; name: string; message: string; stack: string | undefined };

const ENTRY = new URL('./metadata-thread.mjs', import.meta.url);

/**
 * The metadata service on a thread of its own, so that no work on the record holds up calls, which this thread carries.
 * Everybody speaks to it over its listener, as in the server mode. Throws ConfigError as its `start` does.
 *
 * INVARIANTS: whatever ends the thread ends a wait for it; a thread that ends by itself ends the process, as an unheard
 * error of any other service does. `close` is idempotent.
 */
export async function startMetadataThread(config: MetadataConfig, entry = ENTRY): Promise<Running> {
  const thread = new Worker(entry, {
    name: 'metadata-service',
    workerData: config,
  });
  const { url } = await said(thread, 'listens');
  const endProcess = (error: Error) => {
    throw new Error('The thread of the metadata service ended.', { cause: error });
  };
  const onExit = () => endProcess(new Error('It ended by itself.'));
  thread.on('error', endProcess).on('exit', onExit);
  const stop = async (): Promise<void> => {
    thread.off('error', endProcess).off('exit', onExit);
    const closed = said(thread, 'closed');
    thread.postMessage('close');
    await closed.finally(() => thread.terminate());
  };
  let stopped: Promise<void> | undefined;
  return { url, close: () => (stopped ??= stop()) };
}

/** The thread's next message, which must be of this kind; ends it otherwise. The service bounds its start and its close. */
function said<K extends 'listens' | 'closed'>(thread: Worker, kind: K): Promise<ThreadMessage & { kind: K }> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => {
      forget();
      void thread.terminate();
      reject(error);
    };
    const onExit = () => fail(new Error('The thread of the metadata service ended.'));
    const onMessage = (message: ThreadMessage) => {
      if (message.kind === 'failed') return fail(rebuild(message));
      forget();
      if (message.kind === kind) resolve(message as ThreadMessage & { kind: K });
      else fail(new Error(`The thread of the metadata service said "${message.kind}", not "${kind}".`));
    };
    const forget = () => thread.off('message', onMessage).off('error', fail).off('exit', onExit);
    thread.on('message', onMessage).on('error', fail).on('exit', onExit);
  });
}

/** An error does not keep its class on the way between threads; that of the person at the terminal matters. */
function rebuild({ name, message, stack }: ThreadMessage & { kind: 'failed' }): Error {
  const error = name === 'ConfigError' ? new ConfigError(message) : new Error(message);
  if (stack !== undefined) error.stack = stack;
  return error;
}
