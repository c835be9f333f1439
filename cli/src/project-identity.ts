import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { CliError } from './cli-error.ts';

export const PROJECT_FILE = 'plat.yaml';

/** What most commands need of `plat.yaml`: which function the folder is. */
export type ProjectIdentity = { name: string | undefined; project: string | undefined };

/** The text of a folder's `plat.yaml`, or undefined when there is none. */
export async function readProjectFileText(folder: string): Promise<string | undefined> {
  const file = path.join(folder, PROJECT_FILE);
  return readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw new CliError('usage', `${file} cannot be read: ${error.message}`, { cause: error });
  });
}

/** Reads name and project only, and does not mind the rest: a wrong memory size must not keep `plat logs` from working. */
export async function readProjectIdentity(folder: string): Promise<ProjectIdentity> {
  const text = await readProjectFileText(folder);
  if (text === undefined) return { name: undefined, project: undefined };
  const { parseYaml } = await import('./parse-yaml.ts');
  const value = parseYaml(text, PROJECT_FILE).value;
  const field = (key: string) => {
    const found =
      typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
    return typeof found === 'string' ? found : undefined;
  };
  return { name: field('name'), project: field('project') };
}
