import type { IncomingMessage } from 'node:http';

/**
 * The platform's own control headers, in any spelling that a server behind may fold into them: many read `_` as `-`
 * (CGI, WSGI), so `x_plat_version` is one too.
 */
const CONTROL_HEADER = /^x[-_]plat[-_]/i;

/** Takes off what only the platform may say, from every view of the headers. */
export function stripControlHeaders(req: IncomingMessage): void {
  removeHeaders(req, isControl);
}

function isControl(name: string): boolean {
  return CONTROL_HEADER.test(name);
}

/** What says which way a request came; also in spellings with `_`, which a server behind may fold. */
const FORWARDING_HEADER = /^(?:forwarded|x[-_]real[-_]ip|x[-_]forwarded[-_].+)$/i;

/**
 * Takes off what a caller only claims about its way here, so that the address a function sees is true. Of the chain in
 * `X-Forwarded-For` stay the entries that `trustedHops` reverse proxies in front of the gateway wrote.
 */
export function believeForwarding(req: IncomingMessage, trustedHops: number): void {
  if (trustedHops === 0) return removeHeaders(req, isForwarding);
  removeHeaders(req, isUncommonForwarding);
  const chain = req.headers['x-forwarded-for'];
  if (chain === undefined) return;
  const entries = String(chain)
    .split(',')
    .map((entry) => entry.trim());
  replaceHeader(req, 'x-forwarded-for', entries.slice(-trustedHops).join(', '));
}

function isForwarding(name: string): boolean {
  return FORWARDING_HEADER.test(name);
}

/** What the proxies in front do not write: their own spelling is `X-Forwarded-*`. */
function isUncommonForwarding(name: string): boolean {
  return FORWARDING_HEADER.test(name) && !/^x-forwarded-/i.test(name);
}

/** Takes off the named headers (lower case), from every view of the headers. */
export function stripHeaders(req: IncomingMessage, names: readonly string[]): void {
  if (!names.some((name) => name in req.headers)) return;
  removeHeaders(req, (name) => names.includes(name.toLowerCase()));
}

/** Puts one value in place of whatever came under that name (lower case). */
export function replaceHeader(req: IncomingMessage, name: string, value: string): void {
  if (req.headers[name] === value) return;
  stripHeaders(req, [name]);
  req.headers[name] = value;
  req.rawHeaders.push(name, value);
}

function removeHeaders(req: IncomingMessage, isRemoved: (name: string) => boolean): void {
  const { rawHeaders } = req;
  let kept: string[] | undefined;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!;
    if (isRemoved(name)) {
      // Most requests have none of them, and are only looked at.
      kept ??= rawHeaders.slice(0, i);
      delete req.headers[name.toLowerCase()];
    } else kept?.push(name, rawHeaders[i + 1]!);
  }
  if (kept) req.rawHeaders = kept;
}
