import type { ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { Readable } from 'node:stream';
import { openEventStream, readEvents, type ServerSentEvent } from '@plat/platform-kit/sse.ts';
import { deadline } from '@plat/platform-kit/waiting.ts';

/**
 * Passes another service's events on. The other stream is opened first, so that its refusal is a proper answer; it is
 * read only as fast as the client reads, and given up once `signal` aborts.
 */
export async function relayEvents(
  res: ServerResponse,
  signal: AbortSignal,
  open: (signal: AbortSignal) => Promise<Readable>,
): Promise<void> {
  try {
    const body = await open(signal);
    const stream = openEventStream(res);
    for await (const event of readEvents(body)) {
      if (signal.aborted) break;
      await stream.send(event);
    }
    stream.end();
  } catch (error) {
    if (!signal.aborted) throw error;
    res.end();
  }
}

/** Reads the data of all events of one kind, the first `limit` of them, within `timeoutMs`. */
export async function collectEvents(
  open: (signal: AbortSignal) => Promise<Readable>,
  options: { event: string; limit: number; timeoutMs: number },
): Promise<unknown[]> {
  const items: unknown[] = [];
  const body = await open(deadline(options.timeoutMs));
  for await (const { event, data } of readEvents(body) as AsyncIterable<ServerSentEvent>) {
    if (event === 'end') break;
    if (event !== options.event) continue;
    if (items.push(data) >= options.limit) break;
  }
  body.destroy();
  return items;
}

/** Passes a body on; a client that leaves in the middle is nobody's failure. */
export async function relayBody(res: ServerResponse, body: Readable): Promise<void> {
  await pipeline(body, res).catch((error: unknown) => {
    if (!res.destroyed) throw error;
  });
}
