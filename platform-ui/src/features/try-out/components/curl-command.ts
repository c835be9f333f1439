import type { Call } from '../api/use-call-function.ts';
import { functionPath } from '../api/use-call-function.ts';

/** The call as something to type; the token stays in the shell's environment. */
export function curlCommand(call: Call, origin: string): string {
  const parts = ['curl', '-i', '-H', quote('Authorization: Bearer $PLAT_TOKEN', '"')];
  if (call.kind === 'event') {
    const query = call.version === null ? '' : `?version=${call.version}`;
    parts.push('-H', quote('Content-Type: application/json'), '-d', quote(call.body));
    parts.push(quote(`${origin}/api/projects/${call.project}/functions/${call.name}/invoke${query}`));
  } else {
    if (call.method !== 'GET') parts.push('-X', call.method);
    for (const [name, value] of Object.entries(call.headers)) parts.push('-H', quote(`${name}: ${value}`));
    if (call.body !== '' && !['GET', 'HEAD'].includes(call.method))
      parts.push('--data-binary', quote(call.body));
    parts.push(quote(`${origin}${functionPath(call)}`));
  }
  return parts.join(' ');
}

function quote(text: string, mark: '"' | "'" = "'"): string {
  return mark === '"' ? `"${text}"` : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
