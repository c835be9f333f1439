import { PlatformError, type ErrorCode } from '@plat/platform-kit/errors.ts';
import type { Colors } from 'picocolors/types.js';
import { CliError } from './cli-error.ts';
import { EXIT_CODES, EXIT_OF_ERROR } from './exit-codes.ts';

const HINTS: Partial<Record<ErrorCode, string>> = {
  unauthenticated: 'Log in with `plat login`, or set PLAT_TOKEN.',
  forbidden: '`plat whoami` shows what the token may do.',
};

/** The text for standard error and the exit code of whatever ended the program. */
export function reportFailure(
  error: unknown,
  colors: Colors,
  requestId?: string,
): { text: string; code: number } {
  const { red, dim } = colors;
  if (error instanceof CliError) {
    const lines = [
      error.exit === 'interrupted' ? error.message : `${red('error:')} ${error.message}`,
      ...error.lines.map((line) => `  ${line}`),
      ...(error.hint ? [dim(error.hint)] : []),
    ];
    return { text: `${lines.join('\n')}\n`, code: EXIT_CODES[error.exit].code };
  }
  if (error instanceof PlatformError) {
    const source = [error.code, error.component, requestId && `request ${requestId}`]
      .filter(Boolean)
      .join(', ');
    const hint = hintOf(error, requestId);
    const lines = [`${red('error:')} ${error.message}`, dim(`(${source})`), ...(hint ? [dim(hint)] : [])];
    return { text: `${lines.join('\n')}\n`, code: EXIT_CODES[EXIT_OF_ERROR[error.code]].code };
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return {
    text: `${red('error:')} plat itself failed. This is a bug.\n${text}\n`,
    code: EXIT_CODES.general.code,
  };
}

function hintOf(error: PlatformError, requestId: string | undefined): string | undefined {
  const retryAfter = error.details?.retryAfterSeconds;
  if (retryAfter !== undefined) return `Try again in ${retryAfter} s.`;
  if (error.code === 'function_failed' && requestId !== undefined) {
    return `See what the function printed: plat logs NAME --request-id ${requestId}`;
  }
  return HINTS[error.code];
}
