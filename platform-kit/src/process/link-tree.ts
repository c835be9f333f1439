import { constants } from 'node:fs';
import { chmod, copyFile, link, mkdir, readdir, readlink, symlink } from 'node:fs/promises';
import path from 'node:path';

/**
 * Makes `to` a copy of the folder `from`. With `hard`, files are shared with it (fast, no space): only right where whoever
 * gets the copy may not write to the files. Falls back to copying across file systems.
 */
export async function linkTree(from: string, to: string, options: { hard: boolean }): Promise<void> {
  await mkdir(to, { recursive: true, mode: 0o755 });
  await chmod(to, 0o755);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const source = path.join(from, entry.name);
    const target = path.join(to, entry.name);
    if (entry.isDirectory()) await linkTree(source, target, options);
    else if (entry.isSymbolicLink()) await symlink(await readlink(source), target);
    else if (entry.isFile()) await linkFile(source, target, options.hard);
  }
}

async function linkFile(source: string, target: string, hard: boolean): Promise<void> {
  if (hard) {
    try {
      return await link(source, target);
    } catch (error) {
      if (!['EXDEV', 'EMLINK', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    }
  }
  await copyFile(source, target, constants.COPYFILE_FICLONE);
}
