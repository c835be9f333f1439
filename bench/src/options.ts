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
  if (!(soakMinutes >= 0 && soakMinutes <= 60)) throw new Error('--soak takes 1 to 60 minutes.');
  return { isShort: values.short, soakMinutes, only: positionals };
}
