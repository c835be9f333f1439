import type { ServerResponse } from 'node:http';
import { createParser } from 'eventsource-parser';

export type ServerSentEvent = { event: string; data: unknown; id?: string };

/**
 * Answers with `text/event-stream` (HTML Living Standard, server-sent events). A comment every 15 s keeps
 * intermediaries from closing an idle stream. `closed` aborts when the client leaves or `end` is called.
 */
export function openEventStream(res: ServerResponse) {
  const closed = new AbortController();
  const left = res.destroyed || res.closed;
  res.writeHead(200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  });
  res.write(': open\n\n');
  const heartbeat = setInterval(() => res.write(': beat\n\n'), 15_000);
  const finish = () => {
    clearInterval(heartbeat);
    closed.abort();
  };
  res.once('close', finish);
  // The client left before the stream began: `close` was emitted already and will not come again.
  if (left) finish();
  let drained: Promise<void> | undefined;
  const untilDrained = () =>
    new Promise<void>((resolve) => {
      const done = () => {
        drained = undefined;
        res.off('drain', done);
        closed.signal.removeEventListener('abort', done);
        resolve();
      };
      res.once('drain', done);
      closed.signal.addEventListener('abort', done, { once: true });
    });
  return {
    closed: closed.signal,
    /** Resolves when the client may take more: awaiting it is what bounds the memory of a slow reader. */
    async send({ event, data, id }: ServerSentEvent): Promise<void> {
      if (closed.signal.aborted) return;
      const head = `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\n`;
      if (res.write(`${head}data: ${JSON.stringify(data)}\n\n`)) return;
      await (drained ??= untilDrained());
    },
    end(): void {
      finish();
      if (!res.destroyed) res.end();
    },
  };
}

/** Reads a body of server-sent events; data is JSON. Ends when the stream ends; throws when it breaks. */
export async function* readEvents(body: AsyncIterable<Uint8Array>): AsyncGenerator<ServerSentEvent> {
  const ready: ServerSentEvent[] = [];
  const parser = createParser({
    onEvent: ({ event, data, id }) =>
      ready.push({ event: event ?? 'message', data: JSON.parse(data), ...(id === undefined ? {} : { id }) }),
  });
  const decoder = new TextDecoder();
  for await (const chunk of body) {
    parser.feed(decoder.decode(chunk, { stream: true }));
    yield* ready.splice(0);
  }
}
