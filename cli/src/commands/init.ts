import { readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { nameProblem } from '@plat/platform-kit/names.ts';
import { nearest } from '@plat/platform-kit/nearest.ts';
import { CliError } from '../cli-error.ts';
import { note, type Context } from '../context.ts';
import { printData } from '../output/print.ts';
import { PROJECT_FILE } from '../project-identity.ts';
import { findTemplates, writeTemplate, type Template } from '../templates.ts';

export type InitArgs = { name?: string; runtime?: string; force?: boolean };

const DEFAULT_NAME = 'my-function';
const DEFAULT_RUNTIME = 'node';

/** Starts a function in a new folder. Works without the platform. */
export async function init(context: Context, args: InitArgs): Promise<void> {
  const templates = await findTemplates(context.packageFolder);
  if (templates.length === 0) throw new CliError('general', 'This installation of plat has no templates.');
  const given = args.runtime === undefined ? undefined : chooseTemplate(templates, args.runtime);
  const name = args.name ?? (await askName(context));
  const problem = nameProblem(name);
  if (problem)
    throw new CliError('usage', `The name does not do: ${problem} (received ${JSON.stringify(name)}).`);
  const template = given ?? (await askTemplate(context, templates));
  const folder = path.join(context.cwd, name);
  await checkEmpty(folder, name, args.force === true);
  const files = await writeTemplate(template, folder, name);
  if (!files.includes(PROJECT_FILE)) {
    await writeFile(path.join(folder, PROJECT_FILE), `name: ${name}\nruntime: ${template.runtime}\n`);
    files.push(PROJECT_FILE);
  }
  await note(context, `Started ${name} (${template.runtime}): ${files.sort().join(', ')}`);
  await note(context, `\nNext:\n  cd ${name}\n  plat deploy\n  plat invoke ${name}`);
  const data = { name, runtime: template.runtime, folder, files };
  if (!(await printData(context, data, () => `${name}\n`)) && !context.out.isTty)
    await context.out.write(`${folder}\n`);
}

async function askName(context: Context): Promise<string> {
  if (!context.prompts.isInteractive) return DEFAULT_NAME;
  return context.prompts.text('Name of the function', { initial: DEFAULT_NAME, problem: nameProblem });
}

async function askTemplate(context: Context, templates: Template[]): Promise<Template> {
  if (!context.prompts.isInteractive || templates.length === 1) {
    return templates.find((template) => template.runtime === DEFAULT_RUNTIME) ?? templates[0]!;
  }
  const ids = templates.map(({ runtime }) => runtime);
  const first = ids.includes(DEFAULT_RUNTIME) ? [DEFAULT_RUNTIME] : [];
  const sorted = [...first, ...ids.filter((id) => id !== DEFAULT_RUNTIME)];
  const answer = await context.prompts.select(
    'Runtime',
    sorted.map((id) => ({ value: id, label: id })),
  );
  return chooseTemplate(templates, answer);
}

function chooseTemplate(templates: Template[], runtime: string): Template {
  const found = templates.find((template) => template.runtime === runtime);
  if (found) return found;
  const ids = templates.map((template) => template.runtime);
  const guess = nearest(runtime, ids);
  throw new CliError('usage', `There is no runtime "${runtime}".`, {
    hint: `${guess ? `Did you mean "${guess}"? ` : ''}There are: ${ids.join(', ')}.`,
  });
}

async function checkEmpty(folder: string, name: string, isForced: boolean): Promise<void> {
  if (isForced) return;
  const found = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw new CliError('conflict', `${folder} is in the way: ${error.message}`, { cause: error });
  });
  if (found.length) {
    throw new CliError('conflict', `The folder ${name} is not empty.`, {
      hint: 'Take another name, or overwrite its files with --force.',
    });
  }
}
