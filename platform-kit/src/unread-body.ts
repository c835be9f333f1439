import type { IncomingMessage, ServerResponse } from 'node:http';

/** A body that nobody wants is still taken, so that its sender gets to read the answer: until it pauses, up to here. */
const PAUSE_MS = 500;
const LINGER_MS = 10_000;
const LINGER_BYTES = 64 * 1024 * 1024;

/** Whether more of the request's body may still come. */
export function hasUnreadBody(req: IncomingMessage): boolean {
  const { 'content-length': length, 'transfer-encoding': coding } = req.headers;
  return !req.complete && (coding !== undefined || Number(length ?? 0) > 0);
}

/**
 * Ends an answer to a request whose body was not read, and then the connection. A socket that is closed while data waits
 * in it is reset, and the reset can overtake the answer (RFC 9112, 9.6): so the answer goes out first, what still comes
 * is dropped for a while, and then the connection is closed. Call it after `connection: close` was set.
 */
export function endUnread(res: ServerResponse, body: string | undefined): void {
  const { req } = res;
  if (body === undefined) res.flushHeaders();
  else res.write(body);
  let bytes = 0;
  const end = () => {
    clearTimeout(paused);
    clearTimeout(late);
    req.off('data', count);
    if (!res.writableEnded) res.end();
  };
  const count = (chunk: Buffer) => {
    paused.refresh();
    bytes += chunk.length;
    if (bytes > LINGER_BYTES) end();
  };
  const paused = setTimeout(end, PAUSE_MS);
  const late = setTimeout(end, LINGER_MS);
  req.on('data', count);
  // Whoever stopped reading may have left it paused.
  req.resume();
  req.once('end', end);
  req.once('close', end);
}
