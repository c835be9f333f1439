import type { IncomingMessage } from 'node:http';

/** Headers that mean one connection and not the message (RFC 9110, 7.6.1). */
const HOP_HEADERS: ReadonlySet<string> = new Set([
  'connection',
  'expect',
  'http2-settings',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'transfer-encoding',
  'upgrade',
]);

/** The caller's headers as the proxy gets them, flat; `extra` (lower case) replaces what came under those names. */
export function forwardedHeaders(req: IncomingMessage, extra: Record<string, string>): string[] {
  const added: Record<string, string> = { ...forwardedFor(req), ...extra };
  const named = connectionNames(req);
  const headers: string[] = [];
  for (let i = 0; i < req.rawHeaders.length; i += 2) {
    const name = req.rawHeaders[i]!.toLowerCase();
    if (HOP_HEADERS.has(name) || named.has(name) || name in added) continue;
    headers.push(req.rawHeaders[i]!, req.rawHeaders[i + 1]!);
  }
  return [...headers, ...Object.entries(added).flat()];
}

/** The proxy's headers as the caller gets them, flat; the request id was set before. */
export function returnedHeaders(rawHeaders: readonly (Buffer | string)[]): string[] {
  const headers: string[] = [];
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!.toString('latin1');
    const lower = name.toLowerCase();
    if (HOP_HEADERS.has(lower) || lower === 'x-request-id') continue;
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

/** What `Connection` declares to be of this hop only; framing and routing stay whatever it claims. */
function connectionNames(req: IncomingMessage): Set<string> {
  const names = (req.headers.connection ?? '')
    .toLowerCase()
    .split(',')
    .map((name) => name.trim());
  return new Set(names.filter((name) => !['', 'host', 'content-length'].includes(name)));
}
