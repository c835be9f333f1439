import type { ExecutionDetail } from '@plat/platform-kit/api/executions-api.ts';

export type CurlCommand = { command: string; missing: string | null };

/** A call as a command for a terminal, with the token left to `$PLAT_TOKEN`, and what of the call is not known. */
export function curlOf(execution: ExecutionDetail, origin: string): CurlCommand {
  const { method, bytesIn, bodies } = execution;
  const body = bodies?.request ?? null;
  const parts = [
    method === 'GET' ? 'curl' : `curl -X ${method}`,
    quote(`${origin}${target(execution)}`),
    '-H "authorization: Bearer $PLAT_TOKEN"',
    ...(body && body.contentType !== '' ? [`-H ${quote(`content-type: ${body.contentType}`)}`] : []),
    ...(body?.text ? [`--data-raw ${quote(body.text)}`] : []),
  ];
  return { command: parts.join(' \\\n  '), missing: missingOf(execution, bytesIn > 0 && !body?.text) };
}

function target({ trigger, project, function: name, alias, version, path }: ExecutionDetail): string {
  if (trigger === 'invoke') {
    const query = alias !== null ? `?alias=${alias}` : version !== null ? `?version=${version}` : '';
    return `/api/v1/projects/${project}/functions/${name}/invoke${query}`;
  }
  const selector = alias !== null ? `:${alias}` : version !== null ? `@${version}` : '';
  return `/function/${project}.${name}${selector === ':live' ? '' : selector}${path === '/' ? '' : path}`;
}

function missingOf({ path, bodies }: ExecutionDetail, isBodyMissing: boolean): string | null {
  if (path.endsWith('…') || path.includes('[redacted]')) return 'its path is not whole';
  if (isBodyMissing) return 'its body was not kept';
  if (bodies?.request?.isCut) return 'its body was cut';
  if (bodies?.request?.isRedacted) return 'secrets were struck out of its body';
  return null;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
