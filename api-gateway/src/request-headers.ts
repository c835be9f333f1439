import type { IncomingMessage } from 'node:http';

/**
 * The platform's own control headers, in any spelling that a server behind may fold into them: many read `_` as `-`
 * (CGI, WSGI), so `x_plat_version` is one too.
 */
const CONTROL_HEADER = /^x[-_]plat[-_]/i;

/** Takes off what only the platform may say, from every view of the headers. */
export function stripControlHeaders(req: IncomingMessage): void {
  removeHeaders(req, (name) => CONTROL_HEADER.test(name));
}

/** What says which way a request came; also in spellings with `_`, which a server behind may fold. */
const FORWARDING_HEADER = /^(?:forwarded|x[-_]real[-_]ip|x[-_]forwarded[-_].+)$/i;

/**
 * Takes off what a caller only claims about its way here, so that the address a function sees is true. Of the chain in
 * `X-Forwarded-For` stay the entries that `trustedHops` reverse proxies in front of the gateway wrote.
 */
export function believeForwarding(req: IncomingMessage, trustedHops: number): void {
  const isTrusted = trustedHops > 0;
  removeHeaders(req, (name) => FORWARDING_HEADER.test(name) && !(isTrusted && /^x-forwarded-/i.test(name)));
  const chain = isTrusted ? req.headers['x-forwarded-for'] : undefined;
  if (chain === undefined) return;
  const entries = String(chain)
    .split(',')
    .map((entry) => entry.trim());
  replaceHeader(req, 'x-forwarded-for', entries.slice(-trustedHops).join(', '));
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
  let isAny = false;
  for (const name in req.headers) {
    if (!isRemoved(name)) continue;
    isAny = true;
    delete req.headers[name];
  }
  if (!isAny) return;
  const kept: string[] = [];
  for (let i = 0; i < req.rawHeaders.length; i += 2) {
    if (!isRemoved(req.rawHeaders[i]!)) kept.push(req.rawHeaders[i]!, req.rawHeaders[i + 1]!);
  }
  req.rawHeaders = kept;
}
