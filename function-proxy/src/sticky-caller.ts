import { randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Sticky } from '@plat/platform-kit/sticky.ts';

/** Who a caller is to an alias that tells callers apart. `setCookie`: the cookie it is given with the answer. */
export type StickyCaller = { key: string; setCookie?: string };

/**
 * Undefined when nothing tells this caller apart: its header is missing, and its calls are sent by weight. A cookie
 * holds a number drawn by lot and nothing about the caller; it ends with the browser's session, is kept from scripts
 * and from other sites, and is sent over TLS only where the caller came by TLS.
 */
export function stickyCaller(
  { header, cookie }: Sticky,
  headers: IncomingHttpHeaders,
): StickyCaller | undefined {
  if (header !== undefined) {
    const value = headers[header];
    return value === undefined ? undefined : { key: String(value) };
  }
  if (cookie === undefined) return undefined;
  const known = cookieValue(headers.cookie, cookie);
  if (known !== undefined) return { key: known };
  const key = randomBytes(16).toString('base64url');
  const secure = headers['x-forwarded-proto'] === 'https' ? '; Secure' : '';
  return { key, setCookie: `${cookie}=${key}; Path=/; HttpOnly; SameSite=Lax${secure}` };
}

function cookieValue(header: string | undefined, name: string): string | undefined {
  for (const part of header?.split(';') ?? []) {
    const pair = part.trim();
    if (pair.startsWith(`${name}=`) && pair.length > name.length + 1) return pair.slice(name.length + 1);
  }
  return undefined;
}
