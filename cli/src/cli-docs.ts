import type { Argument, Command, Option } from 'commander';
import { EXIT_CODES, EXIT_OF_ERROR } from './exit-codes.ts';
import { createProgram } from './program.ts';

/**
 * `docs/cli.md`: the preamble, then every command, option and exit code as the program itself declares them. The text
 * still wants to go through prettier.
 */
export function generateCliDocs(preamble: string): string {
  const program = createProgram({ version: '0.0.0', execute: async () => undefined });
  const common = program.options.filter((option) => option.long !== '--version');
  const sections = leaves(program).map((command) => describeCommand(command, common));
  return [
    preamble.trim(),
    '## Exit codes',
    exitCodes(),
    '## Options of every command',
    'They stand behind the command, or between `plat` and the command. `plat --version` prints the version, and `--help` or `-h` shows help for any command.',
    list(common.map((option) => describeOption(option))),
    'On `invoke`, `-q` is a query parameter; `--quiet` has no short form there.',
    '## Commands',
    ...sections,
    '',
  ].join('\n\n');
}

/** Every command that does something and is for people, with its whole name: `plat projects ls`. */
export function leaves(command: Command): Command[] {
  if (command.name().startsWith('__')) return [];
  if (command.commands.length === 0) return [command];
  return command.commands.flatMap(leaves);
}

export function fullName(command: Command): string {
  return command.parent ? `${fullName(command.parent)} ${command.name()}` : command.name();
}

function describeCommand(command: Command, common: readonly Option[]): string {
  const isCommon = (option: Option) => common.some((known) => known.long === option.long);
  const own = command.options.filter((option) => !isCommon(option));
  const usage = [
    fullName(command),
    ...command.registeredArguments.map(usageOf),
    ...(own.length ? ['[options]'] : []),
  ];
  const parts = [...command.registeredArguments.map(describeArgument), ...own.map(describeOption)];
  return [`### \`${usage.join(' ')}\``, command.description(), ...(parts.length ? [list(parts)] : [])].join(
    '\n\n',
  );
}

function usageOf(argument: Argument): string {
  return argument.required ? `<${argument.name()}>` : `[${argument.name()}]`;
}

function describeArgument(argument: Argument): string {
  return `\`${usageOf(argument)}\`: ${argument.description}`;
}

function describeOption(option: Option): string {
  const choices =
    option.argChoices && !option.description.includes(option.argChoices[0]!)
      ? `: ${option.argChoices.join(', ')}`
      : '';
  const standard = option.defaultValueDescription ? ` (default: ${option.defaultValueDescription})` : '';
  const needed = option.mandatory ? ' (required)' : '';
  return `\`${option.flags}\`: ${option.description}${choices}${standard}${needed}`;
}

function list(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join('\n');
}

function exitCodes(): string {
  const rows = Object.entries(EXIT_CODES).map(([exit, { code, meaning }]) => {
    const errors = Object.entries(EXIT_OF_ERROR).flatMap(([error, of]) =>
      of === exit ? [`\`${error}\``] : [],
    );
    return `| ${code} | ${meaning} | ${errors.join(', ')} |`;
  });
  return ['| code | meaning | errors of the platform |', '| --- | --- | --- |', ...rows].join('\n');
}
