import { FunctionConfigInput } from '@plat/platform-kit/function-config.ts';
import { nameProblem } from '@plat/platform-kit/names.ts';
import { describeIssues } from '@plat/platform-kit/parse.ts';
import { CliError } from './cli-error.ts';
import type { Context } from './context.ts';
import { PROJECT_FILE, readProjectFileText } from './project-identity.ts';
import { parseProjectFile, type ProjectFile } from './project-file.ts';

export type DeployFlags = {
  name?: string;
  runtime?: string;
  handler?: string;
  memory?: string;
  cpu?: number;
  timeout?: string;
  concurrency?: number;
  env?: Record<string, string>;
  min?: number;
  max?: number;
  target?: number;
  idle?: string;
  pauseAfter?: string;
  stopAfter?: string;
  edge?: string;
};

export type DeployPlan = { folder: string; project: string; name: string; config: FunctionConfigInput };

/** What is deployed: the folder's `plat.yaml`, with flags over it. Throws a usage error that names what is wrong. */
export async function planDeploy(context: Context, folder: string, flags: DeployFlags): Promise<DeployPlan> {
  const text = await readProjectFileText(folder);
  const file: Partial<ProjectFile> = text === undefined ? {} : parseProjectFile(text);
  const { name: fileName, project: _project, ...fileConfig } = file;
  const name = flags.name ?? fileName;
  const missing = [name === undefined && '--name', !(flags.runtime ?? file.runtime) && '--runtime'].filter(
    Boolean,
  );
  if (name === undefined || missing.length) {
    throw new CliError('usage', `There is no ${PROJECT_FILE} in ${folder}.`, {
      hint: `Start a function with \`plat init\`, or give ${missing.join(' and ')}.`,
    });
  }
  const problem = nameProblem(name);
  if (problem) throw new CliError('usage', `--name: ${problem} (received ${JSON.stringify(name)}).`);
  return {
    folder,
    project: context.settings.project,
    name,
    config: mergeConfig(fileConfig, configOfFlags(flags)) as FunctionConfigInput,
  };
}

/** Flags win over the file; variables and scale settings are merged one by one. */
export function mergeConfig(
  file: Partial<FunctionConfigInput>,
  flags: Partial<FunctionConfigInput>,
): Partial<FunctionConfigInput> {
  const merged = { ...file, ...flags };
  if (file.env && flags.env) merged.env = { ...file.env, ...flags.env };
  if (file.scale && flags.scale) merged.scale = { ...file.scale, ...flags.scale };
  return merged;
}

const FLAG_OF_FIELD: Record<string, string> = {
  'scale.min': '--min',
  'scale.max': '--max',
  'scale.target': '--target',
  'scale.idle': '--idle',
  'scale.pauseAfter': '--pause-after',
  'scale.stopAfter': '--stop-after',
};

function configOfFlags(flags: DeployFlags): Partial<FunctionConfigInput> {
  const { runtime, handler, memory, cpu, timeout, concurrency, env, edge } = flags;
  const { min, max, target, idle, pauseAfter, stopAfter } = flags;
  const scaleFlags = dropUndefined({ min, max, target, idle, pauseAfter, stopAfter });
  const scale = Object.keys(scaleFlags).length > 0 ? scaleFlags : undefined;
  const given = dropUndefined({ runtime, handler, memory, cpu, timeout, concurrency, env, scale, edge });
  const schema = FunctionConfigInput.partial();
  const result = schema.safeParse(given);
  if (result.success) return given;
  throw new CliError('usage', 'The options are not valid.', {
    lines: describeIssues(result.error, given, schema).map(
      ({ field, message }) => `${FLAG_OF_FIELD[field] ?? `--${field.replace('.', ' ')}`}: ${message}`,
    ),
  });
}

function dropUndefined(object: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}
