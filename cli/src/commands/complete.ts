import type { Command } from 'commander';
import { deadline } from '@plat/platform-kit/waiting.ts';
import { ApiClient } from '../api-client.ts';
import { findCompletions } from '../completions.ts';
import type { Context } from '../context.ts';
import { Transport } from '../transport.ts';

const NAMES_MS = 1500;

/** Prints what may stand in place of the last word, one a line. Says nothing of what goes wrong: a person is typing. */
export function complete(program: Command, words: readonly string[]) {
  return async (context: Context): Promise<void> => {
    const { words: found, wantsFunction } = findCompletions(program, words);
    const names = wantsFunction ? await functionNames(context) : [];
    const current = words.at(-1) ?? '';
    const all = [...found, ...names.filter((name) => name.startsWith(current))];
    await context.out.write(all.map((word) => `${word}\n`).join(''));
  };
}

async function functionNames(context: Context): Promise<string[]> {
  const { url, token, project } = context.settings;
  const signal = deadline(NAMES_MS, context.signal);
  try {
    const { items } = await new ApiClient(new Transport({ url, token, signal })).listFunctions({});
    return items.map((fn) => (fn.project === project ? fn.name : `${fn.project}.${fn.name}`)).sort();
  } catch {
    return [];
  }
}
