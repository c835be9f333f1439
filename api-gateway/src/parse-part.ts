import { PlatformError } from '@plat/platform-kit/errors.ts';

/** The JSON of one part of a form; throws `invalid`, which names the part. */
export function parsePart(part: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new PlatformError('invalid', `Part "${part}" is not valid JSON: ${(cause as Error).message}.`, {
      details: { part },
      cause,
    });
  }
}
