import { assertName } from '@plat/platform-kit/names.ts';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import { parseFunctionReference, type FunctionReference } from '@plat/platform-kit/selector.ts';

export const FUNCTION_PREFIX = '/function/';

/**
 * Takes `/function/<ref>[/path][?query]` apart. `path` is what follows the reference, byte for byte, and starts with
 * `/`. Throws `invalid` for a reference that is none.
 */
export function parseFunctionUrl(url: string): { reference: FunctionReference; path: string } {
  const rest = url.slice(FUNCTION_PREFIX.length);
  const end = rest.search(/[/?]/);
  const tail = end < 0 ? '' : rest.slice(end);
  const reference = parseFunctionReference(decodeSegment(end < 0 ? rest : rest.slice(0, end)));
  if (reference.project !== undefined) assertName('project', reference.project);
  assertName('function', reference.function);
  return { reference, path: tail.startsWith('/') ? tail : `/${tail}` };
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch (cause) {
    throw new PlatformError('invalid', `${JSON.stringify(segment)} has a broken percent-encoding.`, {
      cause,
    });
  }
}
