import type { Exit } from './exit-codes.ts';

/**
 * An error that ends the program with a known exit code. `message` says what is wrong, `lines` are shown below it as
 * they are (the end of a log), `hint` says what to do next.
 */
export class CliError extends Error {
  readonly exit: Exit;
  readonly hint: string | undefined;
  readonly lines: readonly string[];

  constructor(
    exit: Exit,
    message: string,
    more: { hint?: string; lines?: readonly string[]; cause?: unknown } = {},
  ) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.name = 'CliError';
    this.exit = exit;
    this.hint = more.hint;
    this.lines = more.lines ?? [];
  }
}

/** The user asked to stop (^C). */
export function interrupted(message = 'Interrupted.'): CliError {
  return new CliError('interrupted', message);
}

/** The reader of standard output went away (`plat … | head`): the program ends quietly, with success. */
export class OutputClosed extends Error {
  override name = 'OutputClosed';
}
