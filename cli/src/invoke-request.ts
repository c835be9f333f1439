import type { FunctionView } from '@plat/platform-kit/api/views.ts';
import { CliError } from './cli-error.ts';
import { route } from './route.ts';
import type { Target } from './target.ts';

export type InvokeFlags = {
  method?: string;
  path?: string;
  query?: [name: string, value: string][];
  header?: [name: string, value: string][];
};

export type InvokeRequest = {
  method: string;
  path: string;
  headers: Record<string, string | string[]>;
  body: Buffer | undefined;
};

/** Whether the call is HTTP: asked for by any of the flags that only HTTP has. */
export function isHttpCall(flags: InvokeFlags): boolean {
  return Boolean(flags.method ?? flags.path ?? flags.query?.length ?? flags.header?.length);
}

/** The data is the event itself; what is not JSON is refused here, with the place, before anything is sent. */
export function directRequest(target: Target, data: Buffer | undefined): InvokeRequest {
  const { project, name, selector } = target;
  const query =
    'version' in selector
      ? `?version=${selector.version}`
      : selector.alias === 'live'
        ? ''
        : `?alias=${selector.alias}`;
  if (data) checkJson(data.toString('utf8'));
  return {
    method: 'POST',
    path: route`/api/projects/${project}/functions/${name}/invoke` + query,
    headers: { 'content-type': 'application/json' },
    body: data ?? Buffer.from('{}'),
  };
}

/** An HTTP call as curl makes it: POST with data, else GET. */
export function httpRequest(target: Target, flags: InvokeFlags, data: Buffer | undefined): InvokeRequest {
  const headers: Record<string, string | string[]> = {};
  for (const [name, value] of flags.header ?? []) {
    const key = name.toLowerCase();
    const known = headers[key];
    headers[key] = known === undefined ? value : [...(Array.isArray(known) ? known : [known]), value];
  }
  if (data && headers['content-type'] === undefined) headers['content-type'] = contentType(data);
  const query = new URLSearchParams(flags.query).toString();
  const path = flags.path ?? '';
  const slashed = path === '' || path.startsWith('/') || path.startsWith('?') ? path : `/${path}`;
  const joint = query === '' ? '' : path.includes('?') ? '&' : '?';
  return {
    method: (flags.method ?? (data ? 'POST' : 'GET')).toUpperCase(),
    path: `/function/${reference(target)}${slashed}${joint}${query}`,
    headers,
    body: data,
  };
}

/** Only contract `handler` takes events; others are called by HTTP. */
export function takesEvents(view: Pick<FunctionView, 'live'>): boolean {
  return view.live === null || view.live.contract === 'handler';
}

function reference({ project, name, selector }: Target): string {
  const base = `${encodeURIComponent(project)}.${encodeURIComponent(name)}`;
  if ('version' in selector) return `${base}@${selector.version}`;
  return selector.alias === 'live' ? base : `${base}:${selector.alias}`;
}

function contentType(data: Buffer): string {
  const text = data.toString('utf8');
  if (!Buffer.from(text).equals(data)) return 'application/octet-stream';
  try {
    JSON.parse(text);
    return 'application/json';
  } catch {
    return 'text/plain; charset=utf-8';
  }
}

/** Throws a usage error that says where the text stops being JSON. */
export function checkJson(text: string): void {
  const problem = parseProblem(text);
  if (problem === undefined) return;
  const position = Number(/position (\d+)/.exec(problem)?.[1] ?? firstBadCharacter(text));
  const before = text.slice(0, position).split('\n');
  const place = `line ${before.length}, column ${before.at(-1)!.length + 1}`;
  const reason = problem.replace(/ in JSON at position.*| at position.*|, (?:\.\.\.)?".*/s, '');
  throw new CliError('usage', `The data is not valid JSON at ${place}: ${reason}.`, {
    hint: `A direct call takes a JSON event, such as -d '{"name":"Ada"}'. For any other body make it an HTTP call: -m POST.`,
  });
}

/**
 * V8 names no position for an unexpected token. The beginnings of the text that end before that token fail in another
 * way, so the shortest one that fails in this way ends with it.
 */
function firstBadCharacter(text: string): number {
  const isBad = (length: number) =>
    parseProblem(text.slice(0, length))?.startsWith('Unexpected token') === true;
  if (!isBad(text.length)) return text.length;
  let good = 0;
  let bad = text.length;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (isBad(middle)) bad = middle;
    else good = middle;
  }
  return good;
}

function parseProblem(text: string): string | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
