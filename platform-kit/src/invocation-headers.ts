import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { Trigger } from './domain.ts';
import { PlatformError } from './errors.ts';
import { REQUEST_ID_HEADER } from './http-server.ts';
import type { InvocationTarget, Selector } from './invoker.ts';

/*
 * How an invocation travels from the gateway to a function-proxy in another process: an ordinary request with the
 * caller's method, body and headers, whose `authorization` is the platform's internal token and whose target stands in
 * `x-plat-*` headers. Caller's headers of those names were taken off before.
 */

/** Where the proxy takes invocations that the gateway has authorised. Upgrades go to the same path. */
export const INVOKE_PATH = '/internal/invoke';
/** Where the proxy takes requests that came to a function's own host; `Host` is the caller's. */
export const EDGE_PATH = '/internal/edge';

/** `<project>/<function> <selector> <trigger> <body limit> [<µs>]`: one header, because each costs both sides some work. */
const TARGET = 'x-plat-target';
const TARGET_FORM =
  /^([a-z0-9-]+)\/([a-z0-9-]+) (alias:[a-z0-9-]+|version:\d{1,9}) ([a-z]+) (\d{1,15})(?: (\d{1,12}))?$/;
const PATH = 'x-plat-path';
const AUTHORIZATION = 'x-plat-authorization';

/** The target as headers, names in lower case. */
export function encodeTarget(target: InvocationTarget): Record<string, string> {
  const { project, selector, trigger, bodyLimitBytes, authorisedMs } = target;
  const selected = 'alias' in selector ? `alias:${selector.alias}` : `version:${selector.version}`;
  const authorised = authorisedMs === undefined ? '' : ` ${Math.round(authorisedMs * 1000)}`;
  return {
    [TARGET]: `${project}/${target.function} ${selected} ${trigger} ${bodyLimitBytes}${authorised}`,
    [PATH]: target.path,
    [REQUEST_ID_HEADER]: target.requestId,
  };
}

/** The inverse of {@link encodeTarget}; throws `invalid` when a header is missing or wrong. */
export function decodeTarget(headers: IncomingHttpHeaders): InvocationTarget {
  const [, project, name, selector, said, limit, authorisedUs] =
    TARGET_FORM.exec(String(headers[TARGET])) ?? [];
  const trigger = Trigger.options.find((one) => one === said);
  if (selector === undefined || trigger === undefined) throw wrong(TARGET);
  return {
    requestId: read(headers, REQUEST_ID_HEADER, /^[A-Za-z0-9._-]{1,64}$/),
    project: project!,
    function: name!,
    selector: decodeSelector(selector),
    path: read(headers, PATH, /^\//),
    trigger,
    bodyLimitBytes: Number(limit),
    ...(authorisedUs === undefined ? {} : { authorisedMs: Number(authorisedUs) / 1000 }),
  };
}

/** What a request to a function's own host needs beside itself: path and query, and its own `authorization`. */
export function encodeEdge(req: Pick<IncomingMessage, 'url' | 'headers'>): Record<string, string> {
  const { authorization } = req.headers;
  return {
    [PATH]: req.url ?? '/',
    ...(authorization === undefined ? {} : { [AUTHORIZATION]: authorization }),
  };
}

/**
 * The inverse of {@link encodeEdge}, in place: afterwards `req` is the caller's own request again, and the platform's
 * internal token is in none of its headers. Throws `invalid` when the headers are missing or wrong.
 */
export function restoreEdge(req: IncomingMessage): void {
  const url = read(req.headers, PATH, /^\//);
  const authorization = req.headers[AUTHORIZATION];
  const rawHeaders: string[] = [];
  for (let i = 0; i < req.rawHeaders.length; i += 2) {
    const name = req.rawHeaders[i]!.toLowerCase();
    if (name !== 'authorization' && name !== PATH && name !== AUTHORIZATION) {
      rawHeaders.push(req.rawHeaders[i]!, req.rawHeaders[i + 1]!);
    }
  }
  for (const name of ['authorization', PATH, AUTHORIZATION]) delete req.headers[name];
  if (typeof authorization === 'string') {
    req.headers.authorization = authorization;
    rawHeaders.push('authorization', authorization);
  }
  req.rawHeaders = rawHeaders;
  req.url = url;
}

function decodeSelector(text: string): Selector {
  const value = text.slice(text.indexOf(':') + 1);
  return text.startsWith('alias:') ? { alias: value } : { version: Number(value) };
}

function read(headers: IncomingHttpHeaders, name: string, pattern: RegExp): string {
  const value = headers[name];
  if (typeof value === 'string' && pattern.test(value)) return value;
  throw wrong(name);
}

function wrong(name: string): PlatformError {
  return new PlatformError('invalid', `The header ${name} is missing or wrong; only the gateway sends this.`);
}
