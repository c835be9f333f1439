import { createWriteStream } from 'node:fs';
import { lstat, readFile, readdir, readlink, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ZipArchive, type ZipEntryData } from 'archiver';
import createIgnore from 'ignore';
import { CliError } from './cli-error.ts';
import { PROJECT_FILE } from './project-identity.ts';

export const IGNORE_FILE = '.platignore';

/**
 * Never uploaded unless `.platignore` takes them back in (`!.env`). `plat.yaml` is configuration, not source: it travels
 * beside the archive, its variables stay out of images, and changing it needs no new build.
 */
export const DEFAULT_IGNORES: readonly string[] = [
  '.git', 'node_modules', '__pycache__', '.venv', '.env*', '.DS_Store', IGNORE_FILE, `/${PROJECT_FILE}`,
]; // prettier-ignore

/** A file or a link inside the tree; `name` is relative, with `/`. */
export type SourceEntry = { name: string; mode: number; link?: string };
export type PackedSource = { entries: number; bytes: number };

/** The earliest date a zip can hold: the same files always give the same archive. */
const FIXED_DATE = new Date(Date.UTC(1980, 0, 1));

/** What a deploy of `folder` uploads, sorted by name. Throws a usage error for links that leave it. */
export async function listSource(folder: string): Promise<SourceEntry[]> {
  const ignore = createIgnore()
    .add([...DEFAULT_IGNORES])
    .add(await readIgnoreFile(folder));
  const root = await realpath(folder);
  const entries: SourceEntry[] = [];
  const walk = async (relative: string): Promise<void> => {
    for (const entry of await readdir(path.join(root, relative), { withFileTypes: true })) {
      const name = relative === '' ? entry.name : `${relative}/${entry.name}`;
      if (ignore.ignores(entry.isDirectory() ? `${name}/` : name)) continue;
      if (entry.isDirectory()) await walk(name);
      else if (entry.isSymbolicLink())
        entries.push({ name, mode: 0o777, link: await linkInside(root, name) });
      else if (entry.isFile()) entries.push({ name, mode: await fileMode(path.join(root, name)) });
    }
  };
  await walk('');
  return entries.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

/** Writes the archive of `folder` to `file`. The same content gives the same bytes. */
export async function packFolder(folder: string, file: string, signal: AbortSignal): Promise<PackedSource> {
  const isFolder = await stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder) throw new CliError('usage', `${folder} is not a folder.`);
  const entries = await listSource(folder);
  if (entries.length === 0) {
    throw new CliError('usage', `There is nothing to deploy in ${folder}.`, {
      hint: `Write some code first (\`plat init\` starts a function), or look at ${IGNORE_FILE}.`,
    });
  }
  const archive = new ZipArchive({ zlib: { level: 6 } });
  const written = pipeline(archive, createWriteStream(file), { signal });
  const filled = fill(archive, folder, entries).catch((error: Error) => archive.destroy(error));
  await Promise.all([written, filled]);
  return { entries: entries.length, bytes: (await stat(file)).size };
}

async function fill(archive: ZipArchive, folder: string, entries: SourceEntry[]): Promise<void> {
  const closed = new Promise<never>((_, reject) =>
    archive.once('close', () => reject(new Error('The archive was closed before it was complete.'))),
  );
  closed.catch(() => undefined);
  for (const { name, mode, link } of entries) {
    const content = link === undefined ? await readFile(path.join(folder, name)) : Buffer.alloc(0);
    const data: ZipEntryData & { linkname?: string } = { name, mode, date: FIXED_DATE };
    if (link !== undefined) Object.assign(data, { type: 'symlink', linkname: link });
    const added = new Promise<void>((resolve) => archive.once('entry', () => resolve()));
    archive.append(content, data);
    await Promise.race([added, closed]);
  }
  await archive.finalize();
}

async function readIgnoreFile(folder: string): Promise<string> {
  return readFile(path.join(folder, IGNORE_FILE), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw new CliError('usage', `${IGNORE_FILE} cannot be read: ${error.message}`, { cause: error });
  });
}

async function fileMode(file: string): Promise<number> {
  return (await lstat(file)).mode & 0o111 ? 0o755 : 0o644;
}

async function linkInside(root: string, name: string): Promise<string> {
  const link = await readlink(path.join(root, name));
  const target = await realpath(path.join(root, name)).catch(() => undefined);
  if (target === undefined)
    throw new CliError('usage', `${name} is a link to ${link}, which does not exist.`);
  const relative = path.relative(root, target);
  if (path.isAbsolute(link) || relative === '..' || relative.startsWith(`..${path.sep}`)) {
    throw new CliError('usage', `${name} is a link to ${link}, which is outside of the folder.`, {
      hint: `Put the file itself there, or leave the link out in ${IGNORE_FILE}.`,
    });
  }
  return link.split(path.sep).join('/');
}
