import type { IncomingMessage } from 'node:http';
import type { CallFacts } from './execution.ts';

/** With `1` a caller asks for the version that answers, in {@link VERSION_HEADER}. */
export const TELL_VERSION_HEADER = 'plat-tell-version';
export const VERSION_HEADER = 'x-plat-version';

/** What the platform adds to an answer's headers, flat; undefined for nothing, as for nearly all calls. */
export function answerMarks({ headers }: IncomingMessage, call: CallFacts): string[] | undefined {
  const setCookie = call.caller?.setCookie;
  const tellsVersion = headers[TELL_VERSION_HEADER] === '1';
  if (setCookie === undefined && !tellsVersion) return undefined;
  const marks: string[] = [];
  if (setCookie !== undefined) marks.push('set-cookie', setCookie);
  if (tellsVersion) marks.push(VERSION_HEADER, String(call.version));
  return marks;
}
