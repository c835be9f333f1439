import type { IncomingMessage } from 'node:http';
import type { InvocationTarget } from '@plat/platform-kit/invoker.ts';
import { isHopHeader, namedByConnection } from '@plat/platform-kit/hop-headers.ts';

const LETTER_X = 0x78;

/** Set by the proxy; what the caller sent under these names is taken up in {@link buildRequestHeaders} or dropped. */
const OWN_HEADERS = new Set(['x-request-id', 'x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-host']);

/** `isPeerCaller`: the connection is the caller's own, so its address belongs in the chain; false behind our gateway. */
export type RequestContext = { target: InvocationTarget; timeoutMs: number; isPeerCaller: boolean };

/**
 * The headers an instance gets: the caller's, without what is of this hop only, without `x-plat-*` and its underscore
 * look-alikes (many servers cannot tell `_` from `-`), and without the platform's token; then ours.
 *
 * `x-forwarded-for`: the caller's value with the peer's address appended, so only the last entries can be trusted.
 * `x-forwarded-proto` and `-host`: the caller's when there is one (a proxy in front sets them), else what this
 * connection shows.
 */
export function buildRequestHeaders(req: IncomingMessage, context: RequestContext): string[] {
  const { target, timeoutMs } = context;
  const headers: string[] = [];
  const { rawHeaders } = req;
  const named = namedByConnection(req.headers.connection);
  const isTokenOurs = target.trigger !== 'edge';
  let hasHost = false;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!;
    const lower = name.toLowerCase();
    if (isHopHeader(lower) || lower === 'trailer' || named?.has(lower)) continue;
    if (lower.charCodeAt(0) === LETTER_X && isOurs(lower)) continue;
    if (isTokenOurs && lower === 'authorization') continue;
    if (lower === 'host') {
      if (hasHost) continue;
      hasHost = true;
    }
    headers.push(name, rawHeaders[i + 1]!);
  }
  addForwarded(headers, req, context.isPeerCaller);
  headers.push('x-request-id', target.requestId);
  headers.push('x-plat-request-id', target.requestId);
  headers.push('x-plat-timeout-ms', String(timeoutMs));
  headers.push('x-plat-trigger', target.trigger);
  if (target.trigger === 'invoke') headers.push('x-plat-event', 'direct');
  return headers;
}

function isOurs(lower: string): boolean {
  const plain = lower.replaceAll('_', '-');
  return plain.startsWith('x-plat-') || OWN_HEADERS.has(plain);
}

function addForwarded(headers: string[], req: IncomingMessage, isPeerCaller: boolean): void {
  const { headers: received, socket } = req;
  const before = String(received['x-forwarded-for'] ?? '');
  const peer = isPeerCaller ? plainAddress(socket.remoteAddress ?? '') : '';
  const chain = before !== '' && peer !== '' ? `${before}, ${peer}` : before || peer;
  if (chain !== '') headers.push('x-forwarded-for', chain);
  const proto = received['x-forwarded-proto'];
  const own = 'encrypted' in socket ? 'https' : 'http';
  headers.push('x-forwarded-proto', proto === 'http' || proto === 'https' ? proto : own);
  const host = received['x-forwarded-host'] ?? received.host;
  if (host !== undefined) headers.push('x-forwarded-host', String(host));
}

/** An IPv4 address as it is written, also when the socket is one of IPv6. */
function plainAddress(address: string): string {
  return address.startsWith('::ffff:') ? address.slice(7) : address;
}
