import type { Selector } from '@plat/platform-kit/invoker.ts';
import { parseFunctionReference } from '@plat/platform-kit/selector.ts';
import { CliError } from './cli-error.ts';
import type { Context } from './context.ts';
import { PROJECT_FILE } from './project-identity.ts';

export type Target = { project: string; name: string; selector: Selector };

/**
 * The function a command is about: `[project.]name[:alias|@version]` as given, else the folder's own. The project in
 * the reference stands above every other but must not contradict `--project`.
 */
export function resolveReference(context: Context, reference: string | undefined): Target {
  const text = reference ?? context.projectFile.name;
  if (text === undefined) {
    throw new CliError(
      'usage',
      `Which function? There is no ${PROJECT_FILE} with a name in ${context.cwd}.`,
      {
        hint: 'Give the name of a function (`plat ls` lists them), or go to the folder of one.',
      },
    );
  }
  const parsed = parseFunctionReference(text);
  const { flagProject } = context;
  if (parsed.project !== undefined && flagProject !== undefined && parsed.project !== flagProject) {
    throw new CliError('usage', `"${text}" and --project ${flagProject} name two different projects.`);
  }
  return {
    project: parsed.project ?? context.settings.project,
    name: parsed.function,
    selector: parsed.selector,
  };
}

/** Like `resolveReference`, for commands that are about the function as a whole and not one of its versions. */
export function resolveFunction(context: Context, reference: string | undefined) {
  if (reference !== undefined && /[:@]/.test(reference)) {
    throw new CliError('usage', `"${reference}" names a version; this command wants the function alone.`);
  }
  const { project, name } = resolveReference(context, reference);
  return { project, name };
}
