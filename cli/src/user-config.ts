import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { CliError } from './cli-error.ts';

export const DEFAULT_CONTEXT = 'default';

/** One platform the user works with. */
export type UserContext = { url: string; token?: string; project?: string };
export type UserConfig = { currentContext: string; contexts: Record<string, UserContext> };

export function userConfigPath(folder: string): string {
  return path.join(folder, 'config.json');
}

/** Reads the user's configuration; there being none is an empty one. */
export async function readUserConfig(folder: string): Promise<UserConfig> {
  const file = userConfigPath(folder);
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw new CliError('general', `${file} cannot be read: ${error.message}`, { cause: error });
  });
  if (text === undefined) return { currentContext: DEFAULT_CONTEXT, contexts: {} };
  const problem = (what: string) =>
    new CliError('general', `${file} is not valid: ${what}.`, {
      hint: 'Mend it, or remove it and run `plat login`.',
    });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw problem('it is not JSON');
  }
  if (!isRecord(value) || typeof value['currentContext'] !== 'string' || !isRecord(value['contexts'])) {
    throw problem('expected {"currentContext": "…", "contexts": {…}}');
  }
  for (const [name, context] of Object.entries(value['contexts'])) {
    if (!isRecord(context) || typeof context['url'] !== 'string' || !URL.canParse(context['url'])) {
      throw problem(`context "${name}" has no url`);
    }
    for (const key of ['token', 'project']) {
      if (context[key] !== undefined && typeof context[key] !== 'string') {
        throw problem(`context "${name}": ${key} is not text`);
      }
    }
  }
  return value as UserConfig;
}

/** Replaces the file in one step; it is readable by its owner only, because it holds tokens. */
export async function writeUserConfig(folder: string, config: UserConfig): Promise<void> {
  const file = userConfigPath(folder);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const temporary = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    await writeFile(temporary, `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
    await rename(temporary, file);
  } finally {
    await rm(temporary, { force: true });
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
