import { FunctionConfigInput } from '@plat/platform-kit/function-config.ts';
import { Name } from '@plat/platform-kit/names.ts';
import { describeIssues } from '@plat/platform-kit/parse.ts';
import { z } from 'zod';
import { CliError } from './cli-error.ts';
import { parseYaml } from './parse-yaml.ts';
import { PROJECT_FILE } from './project-identity.ts';

/** `plat.yaml`: a function's name, its project and its configuration. */
export const ProjectFile = z.strictObject({
  name: Name.meta({ description: 'The name of the function: lower-case letters, digits and single dashes.' }),
  project: Name.optional().meta({ description: 'The project it belongs to; `default` when left out.' }),
  ...FunctionConfigInput.shape,
});
export type ProjectFile = z.input<typeof ProjectFile>;

/** The JSON Schema (2020-12) that editors check and complete `plat.yaml` with. */
export function platSchema(): Record<string, unknown> {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'plat.yaml',
    ...z.toJSONSchema(ProjectFile, { io: 'input' }),
  };
}

/** Parses and checks the text of a `plat.yaml`; everything that is wrong is named at once, each with its line. */
export function parseProjectFile(text: string): ProjectFile {
  const { value, lineOf } = parseYaml(text, PROJECT_FILE);
  if (value === null || value === undefined) {
    throw new CliError('usage', `${PROJECT_FILE} is empty; expected at least name and runtime.`);
  }
  const result = ProjectFile.safeParse(value);
  if (result.success) return value as ProjectFile;
  throw new CliError('usage', `${PROJECT_FILE} is not valid.`, {
    lines: describeIssues(result.error, value, ProjectFile).map(({ field, message }) => {
      const line = lineOf(field.split('.'));
      const place = line === undefined ? PROJECT_FILE : `${PROJECT_FILE}:${line}`;
      return `${place}: ${field ? `${field}: ` : ''}${message}`;
    }),
  });
}
