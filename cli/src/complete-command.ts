import { Command } from 'commander';
import type { Execute } from './program.ts';

/**
 * The hidden `plat __complete WORD…`, which the completion scripts call: the words typed so far behind `plat`, the last
 * one the one to complete. It takes anything that looks like an option as a word.
 */
export function createCompleteCommand(program: Command, execute: Execute): Command {
  return new Command('__complete')
    .argument('[words...]')
    .allowUnknownOption()
    .passThroughOptions()
    .helpOption(false)
    .action(async (words: string[]) => {
      const load = async () => ({
        needs: 'local' as const,
        run: (await import('./commands/complete.ts')).complete(program, words),
      });
      await execute(load, {});
    });
}
