import type { IncomingMessage } from 'node:http';
import { isHopHeader, namedByConnection } from '@plat/platform-kit/hop-headers.ts';

/** The caller's headers as the proxy gets them, flat; `extra` (lower case) replaces what came under those names. */
export function forwardedHeaders(req: IncomingMessage, extra: Record<string, string>): string[] {
  const added: Record<string, string> = { ...forwardedFor(req), ...extra };
  const named = namedByConnection(req.headers.connection);
  const headers: string[] = [];
  for (let i = 0; i < req.rawHeaders.length; i += 2) {
    const name = req.rawHeaders[i]!.toLowerCase();
    if (isHopHeader(name) || named?.has(name) || name in added) continue;
    headers.push(req.rawHeaders[i]!, req.rawHeaders[i + 1]!);
  }
  return [...headers, ...Object.entries(added).flat()];
}

/** The proxy's headers as the caller gets them, flat, with our own request id. */
export function returnedHeaders(rawHeaders: readonly (Buffer | string)[], requestId: string): string[] {
  const headers = ['x-request-id', requestId];
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!.toString('latin1');
    const lower = name.toLowerCase();
    if (isHopHeader(lower) || lower === 'x-request-id') continue;
    headers.push(name, rawHeaders[i + 1]!.toString('latin1'));
  }
  return headers;
}

function forwardedFor(req: IncomingMessage): Record<string, string> {
  const peer = (req.socket.remoteAddress ?? '').replace(/^::ffff:/, '');
  const before = req.headers['x-forwarded-for'];
  const host = req.headers['x-forwarded-host'] ?? req.headers.host;
  return {
    'x-forwarded-for': [before, peer].filter(Boolean).join(', '),
    ...(host === undefined ? {} : { 'x-forwarded-host': String(host) }),
  };
}
