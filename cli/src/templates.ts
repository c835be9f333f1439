import { mkdir, readFile, readdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** A start for a new function, as a runtime ships it. */
export type Template = { runtime: string; folder: string };

/**
 * The templates at hand: those the package carries, else the runtimes' own in the repository. Folders without any file
 * are none.
 */
export async function findTemplates(packageFolder: string): Promise<Template[]> {
  const packed = path.join(packageFolder, 'templates');
  const [base, inner] = (await isFolder(packed))
    ? [packed, '']
    : [path.join(packageFolder, '..', 'runtimes'), 'template'];
  const found: Template[] = [];
  for (const entry of await readdir(base, { withFileTypes: true }).catch(() => [])) {
    const folder = path.join(base, entry.name, inner);
    if (entry.isDirectory() && (await isFolder(folder)) && (await readdir(folder)).length) {
      found.push({ runtime: entry.name, folder });
    }
  }
  return found.sort((a, b) => (a.runtime < b.runtime ? -1 : 1));
}

/**
 * Copies a template, with `{{name}}` replaced, and returns the names of the files. `_gitignore` becomes `.gitignore`:
 * npm leaves files of that name out of packages.
 */
export async function writeTemplate(template: Template, target: string, name: string): Promise<string[]> {
  const written: string[] = [];
  const copy = async (relative: string): Promise<void> => {
    for (const entry of await readdir(path.join(template.folder, relative), { withFileTypes: true })) {
      const from = path.join(relative, entry.name);
      if (entry.isDirectory()) {
        await copy(from);
        continue;
      }
      const to = path.join(relative, entry.name === '_gitignore' ? '.gitignore' : entry.name);
      const text = await readFile(path.join(template.folder, from), 'utf8');
      await mkdir(path.dirname(path.join(target, to)), { recursive: true });
      await writeFile(path.join(target, to), text.replaceAll('{{name}}', name));
      written.push(to.split(path.sep).join('/'));
    }
  };
  await mkdir(target, { recursive: true });
  await copy('');
  return written.sort();
}

async function isFolder(folder: string): Promise<boolean> {
  return stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
