import type { IncomingMessage } from 'node:http';
import { isHopHeader, namedByConnection } from '@plat/platform-kit/hop-headers.ts';

/**
 * The caller's headers as the proxy gets them, flat (names and values in turn). `extra` (lower case) replaces what came
 * under those names.
 */
export function forwardedHeaders(req: IncomingMessage, extra: Readonly<Record<string, string>>): string[] {
  const { rawHeaders } = req;
  const named = namedByConnection(req.headers.connection);
  const headers: string[] = [];
  for (const name in extra) headers.push(name, extra[name]!);
  const chain = forwardedFor(req);
  if (chain !== '') headers.push('x-forwarded-for', chain);
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!;
    const lower = name.toLowerCase();
    if (isHopHeader(lower) || named?.has(lower) || lower === 'x-forwarded-for' || lower in extra) continue;
    headers.push(name, rawHeaders[i + 1]!);
  }
  return headers;
}

/**
 * The proxy's headers as the caller gets them, flat, with our own request id. `isChunked`: whether an answer of unknown
 * length goes to this caller in chunks; trailers are not announced to others.
 */
export function returnedHeaders(
  rawHeaders: readonly (Buffer | string)[],
  { requestId, isChunked }: { requestId: string; isChunked: boolean },
): string[] {
  const headers = ['x-request-id', requestId];
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!.toString('latin1');
    const lower = name.toLowerCase();
    if (isHopHeader(lower) || lower === 'x-request-id') continue;
    if (lower === 'trailer' && !isChunked) continue;
    headers.push(name, rawHeaders[i + 1]!.toString('latin1'));
  }
  return headers;
}

/** The chain so far and the address that this connection shows. */
function forwardedFor({ headers, socket }: IncomingMessage): string {
  const before = headers['x-forwarded-for'];
  const peer = socket.remoteAddress ?? '';
  const plain = peer.startsWith('::ffff:') ? peer.slice(7) : peer;
  if (before === undefined || before.length === 0) return plain;
  return plain === '' ? String(before) : `${String(before)}, ${plain}`;
}
