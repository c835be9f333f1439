import { parseArgs } from 'node:util';

export type Options = { isShort: boolean; soakMinutes: number; only: string[] };

/** `[--short] [--soak <minutes>] [<part of a scenario's name> …]`. Throws on anything else. */
export function readOptions(args: string[]): Options {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { short: { type: 'boolean', default: false }, soak: { type: 'string', default: '0' } },
  });
  const soakMinutes = Number(values.soak);
  if (soakMinutes !== 0 && !(soakMinutes >= 10 && soakMinutes <= 60))
    throw new Error('--soak takes 10 to 60 minutes: in less, what comes and goes looks like what grows.');
  return { isShort: values.short, soakMinutes, only: positionals };
}
