import { readEvents, type ServerSentEvent } from '@plat/platform-kit/sse.ts';
import { RequestError } from './request-error.ts';

/** The gateway says something at least every 15 s on an open stream. */
const SILENCE_MS = 45_000;

/** The events of an answer. Throws RequestError `network` when it breaks off or falls silent. */
export async function* readStream(response: Response, signal: AbortSignal): AsyncGenerator<ServerSentEvent> {
  try {
    yield* readEvents(chunks(response));
  } catch (error) {
    if (signal.aborted || error instanceof RequestError) throw error;
    throw new RequestError('network', 'The connection to the platform broke off.', { cause: error });
  }
}

async function* chunks(response: Response): AsyncGenerator<Uint8Array> {
  const reader = response.body!.getReader();
  try {
    for (;;) {
      const { done, value } = await withinSilence(reader.read());
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

function withinSilence<T>(read: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout>;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new RequestError('network', 'The platform fell silent in the middle of its answer.')),
      SILENCE_MS,
    );
  });
  return Promise.race([read, silence]).finally(() => clearTimeout(timer));
}
