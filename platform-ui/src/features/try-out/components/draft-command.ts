import type { Call } from '../api/use-call-function.ts';

const quote = (text: string) => `'${text.replaceAll("'", String.raw`'\''`)}'`;

/** The run of a draft as something to type in the folder of its code. */
export function draftCommand({ kind, method, path, headers, body }: Call): string {
  const parts = ['plat', 'invoke', '--draft'];
  if (kind === 'http') {
    parts.push('-m', method, '-p', quote(path));
    for (const [name, value] of Object.entries(headers)) parts.push('-H', quote(`${name}: ${value}`));
  }
  if (body !== '' && (kind === 'event' || !['GET', 'HEAD'].includes(method))) parts.push('-d', quote(body));
  return parts.join(' ');
}
