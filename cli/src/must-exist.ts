import { nearest } from '@plat/platform-kit/nearest.ts';
import { CliError } from './cli-error.ts';
import type { ApiContext } from './context.ts';

/**
 * For a list that came out empty: there may be nothing because there is no such function or project. Rejects with "not
 * found" then.
 */
export async function mustExist(
  context: ApiContext,
  { project, name }: { project: string; name?: string },
): Promise<void> {
  if (name !== undefined) return void (await context.api.getFunction({ project, name }));
  const names = (await context.api.listProjects()).items.map((known) => known.name);
  if (names.includes(project)) return;
  const guess = nearest(project, names);
  throw new CliError(
    'notFound',
    `There is no project "${project}"${guess ? `; did you mean "${guess}"?` : '.'}`,
    {
      hint: '`plat projects ls` lists those there are.',
    },
  );
}
