import { rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { ConfigError } from '@plat/platform-kit/config.ts';
import { openDatabase } from '../store/open-database.ts';
import { TRANSFER_OPTIONS } from './copy-database.ts';
import { fillDatabase, type Content } from './fill-database.ts';
import { requireUnused } from './require-unused.ts';

/**
 * Fills an empty database with what a backup holds; `rows` is how many each table must have. A file that was made for
 * it is removed when it fails. Throws ConfigError when the database is not empty or in use, or the content is newer.
 */
export async function restoreDatabase(
  databaseUrl: string,
  content: Omit<Content, 'tables'> & { tables: readonly (Content['tables'][number] & { rows: number })[] },
): Promise<void> {
  const file = /^sqlite:(?!:memory:)(.+)$/.exec(databaseUrl)?.[1];
  if (file !== undefined && existsSync(file))
    throw new ConfigError(`The database ${file} exists already; nothing was changed.`);
  const target = await openDatabase(databaseUrl, TRANSFER_OPTIONS);
  let isFilled = false;
  try {
    await requireUnused(target, 'The target');
    const expected = new Map(content.tables.map(({ name, rows }) => [name, rows]));
    await fillDatabase(target, content, expected);
    isFilled = true;
  } finally {
    await target.db.destroy();
    if (!isFilled && file !== undefined)
      for (const suffix of ['', '-wal', '-shm', '-journal']) await rm(`${file}${suffix}`, { force: true });
  }
}
