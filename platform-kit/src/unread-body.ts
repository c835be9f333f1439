import type { IncomingMessage, ServerResponse } from 'node:http';

/** How long and how much of a body nobody wants is still taken, so that its sender gets to read the answer. */
const LINGER_MS = 2000;
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
  let ended = false;
  const end = () => {
    if (ended) return;
    ended = true;
    clearTimeout(timer);
    res.end();
  };
  const timer = setTimeout(end, LINGER_MS);
  req.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > LINGER_BYTES) end();
  });
  req.once('end', end);
  req.once('close', end);
}
