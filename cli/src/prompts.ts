import type { Readable, Writable } from 'node:stream';
import { CliError, interrupted } from './cli-error.ts';

/** Questions to a person. Nothing asks unless `isInteractive`: a terminal on standard input and standard error. */
export type Prompts = {
  isInteractive: boolean;
  text: (
    message: string,
    options: { initial: string; problem: (value: string) => string | undefined },
  ) => Promise<string>;
  select: (message: string, options: { value: string; label: string }[]) => Promise<string>;
  /** Typed without being shown. */
  secret: (message: string) => Promise<string>;
  /** Yes or no; anything but a clear yes is no. */
  confirm: (message: string) => Promise<boolean>;
};

/** Questions are written to `output`, which is standard error: standard output is for data. */
export function createPrompts(io: {
  input: Readable;
  output: Writable;
  isInteractive: boolean;
  signal: AbortSignal;
}): Prompts {
  const common = { input: io.input, output: io.output, signal: io.signal };
  const answered = <T>(value: T): Exclude<T, symbol> => {
    if (typeof value === 'symbol') throw interrupted();
    return value as Exclude<T, symbol>;
  };
  return {
    isInteractive: io.isInteractive,
    async text(message, { initial, problem }) {
      const { text } = await import('@clack/prompts');
      const validate = (value: string | undefined) => problem(value || initial);
      return answered(
        await text({ ...common, message, placeholder: initial, defaultValue: initial, validate }),
      );
    },
    async select(message, options) {
      const { select } = await import('@clack/prompts');
      return answered(await select({ ...common, message, options }));
    },
    async secret(message) {
      const { password } = await import('@clack/prompts');
      return answered(await password({ ...common, message, mask: '•' }));
    },
    async confirm(message) {
      const { createInterface } = await import('node:readline/promises');
      const reader = createInterface({ input: io.input, output: io.output });
      const closed = new Promise<string>((resolve) => reader.once('close', () => resolve('')));
      const stopped = new Promise<never>((_, reject) => reader.once('SIGINT', reject));
      try {
        const question = reader.question(`${message} [y/N] `, { signal: io.signal });
        return /^\s*y(es)?\s*$/i.test(await Promise.race([question, closed, stopped]));
      } catch {
        io.output.write('\n');
        throw interrupted();
      } finally {
        reader.close();
      }
    },
  };
}

/** Asks before something is destroyed. Without a terminal there is nobody to ask: `--yes` is needed then. */
export async function confirmDestruction(
  context: { prompts: Prompts; isYes: boolean },
  question: string,
): Promise<void> {
  if (context.isYes) return;
  if (!context.prompts.isInteractive) {
    throw new CliError('usage', `${question} There is no terminal to ask on.`, {
      hint: 'Say yes with -y or --yes.',
    });
  }
  if (!(await context.prompts.confirm(question))) throw new CliError('general', 'Nothing was done.');
}
