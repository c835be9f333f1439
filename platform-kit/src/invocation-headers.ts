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

const PROJECT = 'x-plat-project';
const FUNCTION = 'x-plat-function';
const SELECTOR = 'x-plat-selector';
const TRIGGER = 'x-plat-trigger';
const PATH = 'x-plat-path';
const BODY_LIMIT = 'x-plat-body-limit';
const AUTHORISED = 'x-plat-authorised-us';
const AUTHORIZATION = 'x-plat-authorization';

/** The target as headers, names in lower case. */
export function encodeTarget(target: InvocationTarget): Record<string, string> {
  return {
    [PROJECT]: target.project,
    [FUNCTION]: target.function,
    [SELECTOR]:
      'alias' in target.selector ? `alias:${target.selector.alias}` : `version:${target.selector.version}`,
    [TRIGGER]: target.trigger,
    [PATH]: target.path,
    [BODY_LIMIT]: String(target.bodyLimitBytes),
    [REQUEST_ID_HEADER]: target.requestId,
    ...(target.authorisedMs === undefined
      ? {}
      : { [AUTHORISED]: String(Math.round(target.authorisedMs * 1000)) }),
  };
}

/** The inverse of {@link encodeTarget}; throws `invalid` when a header is missing or wrong. */
export function decodeTarget(headers: IncomingHttpHeaders): InvocationTarget {
  const trigger = Trigger.safeParse(headers[TRIGGER]);
  if (!trigger.success) throw wrong(TRIGGER);
  return {
    requestId: read(headers, REQUEST_ID_HEADER, /^[A-Za-z0-9._-]{1,64}$/),
    project: read(headers, PROJECT, /^[a-z0-9-]+$/),
    function: read(headers, FUNCTION, /^[a-z0-9-]+$/),
    selector: decodeSelector(read(headers, SELECTOR, /^(alias:[a-z0-9-]+|version:\d{1,9})$/)),
    path: read(headers, PATH, /^\//),
    trigger: trigger.data,
    bodyLimitBytes: Number(read(headers, BODY_LIMIT, /^\d{1,15}$/)),
    ...(headers[AUTHORISED] === undefined
      ? {}
      : { authorisedMs: Number(read(headers, AUTHORISED, /^\d{1,12}$/)) / 1000 }),
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
