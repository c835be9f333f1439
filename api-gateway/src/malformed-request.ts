import type { IncomingMessage } from 'node:http';
import { PlatformError } from '@plat/platform-kit/errors.ts';

/**
 * What is wrong with a request that the parser let through, or undefined. Everything that two servers in a row could
 * read differently is refused: it is how requests are smuggled (RFC 9112, 11.2).
 */
export function malformedRequest(req: IncomingMessage): PlatformError | undefined {
  const url = req.url ?? '';
  if (!url.startsWith('/') && url !== '*') {
    return new PlatformError('invalid', 'The request target must be a path that starts with "/".');
  }
  const hosts = countHosts(req);
  if (hosts > 1) return new PlatformError('invalid', 'The request has several Host headers.');
  if (hosts === 0 && req.httpVersion !== '1.0') {
    return new PlatformError('invalid', 'The request has no Host header.');
  }
  if (req.headers['content-length'] !== undefined && req.headers['transfer-encoding'] !== undefined) {
    return new PlatformError('invalid', 'The request has both Content-Length and Transfer-Encoding.');
  }
  return undefined;
}

function countHosts({ rawHeaders }: IncomingMessage): number {
  let count = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!;
    if (name.length === 4 && name.toLowerCase() === 'host') count++;
  }
  return count;
}
