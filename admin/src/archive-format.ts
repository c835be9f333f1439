import path from 'node:path';
import { z } from 'zod';
import type { DataFolders } from './data-folders.ts';

/** Counts up when an archive can no longer be read by what reads this one. */
export const ARCHIVE_FORMAT = 1;
export const HEAD = 'plat-backup.json';
export const MANIFEST = 'manifest.json';
export const SETTINGS = 'settings.env';

/** First entry: what the archive is. */
export const Head = z.object({
  format: z.int().min(1),
  createdAt: z.string(),
});

/** Last entry: an archive without it was cut off. `files` has every other entry but the first. */
export const Manifest = z.object({
  /** The migrations that made the schema of the tables. */
  migrations: z.array(z.string()),
  /** In the order in which they can be filled. */
  tables: z.array(z.object({ name: z.string().regex(/^[a-z_]{1,64}$/), rows: z.int().min(0) })),
  files: z.record(z.string(), z.object({ bytes: z.int().min(0), sha256: z.string() })),
});
export type Manifest = z.output<typeof Manifest>;

export const tableEntry = (table: string): string => `database/${table}.ndjson`;

/** Where an entry goes: which of the folders, and where in it. */
export type Place = { root: keyof DataFolders; path: string };

const LOG = /^(build|instance)-logs\/([A-Za-z0-9_-]{1,64})\/([A-Za-z0-9_][\w.-]{0,110}\.ndjson)$/;

/** Undefined for a name that no backup has: nothing of an archive is ever put anywhere else. */
export function placeOf(entry: string): Place | undefined {
  if (entry === SETTINGS) return { root: 'data', path: 'settings.restored.env' };
  if (/^database\/[a-z_]{1,64}\.ndjson$/.test(entry)) return { root: 'data', path: entry };
  const source = /^sources\/(([0-9a-f]{2})[0-9a-f]{62})$/.exec(entry);
  if (source) return { root: 'builder', path: path.join('sources', source[2]!, source[1]!) };
  const log = LOG.exec(entry);
  if (log)
    return { root: log[1] === 'build' ? 'builder' : 'controller', path: path.join('logs', log[2]!, log[3]!) };
  return undefined;
}
