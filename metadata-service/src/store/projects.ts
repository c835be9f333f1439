import type { By } from '@plat/platform-kit/clients/metadata-client.ts';
import type { Project } from '@plat/platform-kit/domain.ts';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import { byText } from './order.ts';
import { tokenDeleted } from './token-records.ts';
import type { Db, Write } from './write.ts';

/** Made with the database; what names no project means this one. */
export const DEFAULT_PROJECT = 'default';

export async function listProjects(trx: Db): Promise<Project[]> {
  const rows = await trx.selectFrom('projects').selectAll().execute();
  return rows.map(toProject).sort(byText((project) => project.name));
}

export async function findProjects(trx: Db, names: string[]): Promise<Project[]> {
  const rows = await trx.selectFrom('projects').selectAll().where('name', 'in', names).execute();
  return rows.map(toProject);
}

/** Throws `not_found` that says how to make the project. */
export async function requireProject(trx: Db, name: string): Promise<void> {
  const row = await trx.selectFrom('projects').select('name').where('name', '=', name).executeTakeFirst();
  if (!row) {
    throw new PlatformError(
      'not_found',
      `There is no project "${name}". Create it first: plat projects create ${name}, or POST /api/projects.`,
      { details: { project: name } },
    );
  }
}

export async function createProject({ trx, at, record }: Write, name: string, by: By): Promise<Project> {
  const row = await trx
    .insertInto('projects')
    .values({ name, created_at: at })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .returningAll()
    .executeTakeFirst();
  if (!row) throw new PlatformError('conflict', `There is already a project "${name}".`);
  await record({ kind: 'project', key: name, actor: by.actor, action: 'project.create', object: name });
  return toProject(row);
}

export async function deleteProject(write: Write, name: string, by: By): Promise<void> {
  const { trx, record } = write;
  if (name === DEFAULT_PROJECT) {
    throw new PlatformError(
      'conflict',
      `The project "${DEFAULT_PROJECT}" always exists and cannot be deleted.`,
    );
  }
  await requireProject(trx, name);
  const functions = await trx.selectFrom('functions').select('name').where('project', '=', name).execute();
  if (functions.length > 0) {
    const names = functions.map((row) => row.name).sort();
    const shown = names.slice(0, 5).join(', ') + (names.length > 5 ? `, and ${names.length - 5} more` : '');
    throw new PlatformError(
      'conflict',
      `The project "${name}" still has functions: ${shown}. Delete them first.`,
      {
        details: { functions: names.slice(0, 100) },
      },
    );
  }
  // A token that outlived its project would be good again for a later project of the same name.
  const tokens = await trx.deleteFrom('tokens').where('project', '=', name).returningAll().execute();
  for (const token of tokens) await record(tokenDeleted(token, by));
  await trx.deleteFrom('projects').where('name', '=', name).execute();
  await record({ kind: 'project', key: name, actor: by.actor, action: 'project.delete', object: name });
}

function toProject(row: { name: string; created_at: string }): Project {
  return { name: row.name, createdAt: row.created_at };
}
