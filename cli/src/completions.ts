import type { Argument, Command, Option } from 'commander';

/** What may stand next: fixed words, and whether names of functions fit too. */
export type Completions = { words: string[]; wantsFunction: boolean };

/** What may stand in place of the last of `words`, which follow `plat`, as the program itself declares it. Pure. */
export function findCompletions(program: Command, words: readonly string[]): Completions {
  const typed = words.slice(0, -1);
  const current = words.at(-1) ?? '';
  let command = program;
  let position = 0;
  let valueOf: Option | undefined;
  for (const word of typed) {
    if (valueOf) {
      valueOf = undefined;
    } else if (word.startsWith('-')) {
      const option = optionOf(command, word);
      valueOf = option?.required && !word.includes('=') ? option : undefined;
    } else {
      const next = visible(command).find((child) => child.name() === word);
      if (next) {
        command = next;
        position = 0;
      } else {
        position++;
      }
    }
  }
  const starting = (found: readonly string[]) => found.filter((word) => word.startsWith(current)).sort();
  if (valueOf) return { words: starting(valueOf.argChoices ?? []), wantsFunction: false };
  if (current.startsWith('-')) return { words: starting(optionNames(command)), wantsFunction: false };
  const children = visible(command);
  if (children.length > 0)
    return { words: starting(children.map((child) => child.name())), wantsFunction: false };
  const argument = command.registeredArguments[position];
  return { words: starting(argument?.argChoices ?? []), wantsFunction: isFunction(argument) };
}

function visible(command: Command): Command[] {
  return command
    .createHelp()
    .visibleCommands(command)
    .filter((child) => child.name() !== 'help');
}

function optionOf(command: Command, word: string): Option | undefined {
  const name = word.split('=')[0]!;
  for (let at: Command | null = command; at; at = at.parent) {
    const found = at.options.find((option) => option.long === name || option.short === name);
    if (found) return found;
  }
  return undefined;
}

function optionNames(command: Command): string[] {
  const own = command.options.filter((option) => !option.hidden).flatMap((option) => option.long ?? []);
  return [...new Set([...own, '--help'])];
}

function isFunction(argument: Argument | undefined): boolean {
  return argument?.name() === 'name' && argument.description.startsWith('function');
}
