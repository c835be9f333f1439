import { cp, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle } from './bundle.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const runtimes = path.join(root, '..', 'runtimes');
const target = path.resolve(process.argv[2] ?? root);
const templates = path.join(target, 'templates');

// Makes what the package carries beside its own files: in the package's folder, or in the one that was named.
await bundle(target);
await rm(templates, { recursive: true, force: true });
await mkdir(templates, { recursive: true });
for (const id of await readdir(runtimes)) {
  const from = path.join(runtimes, id, 'template');
  const found = await stat(from).catch(() => undefined);
  if (!found?.isDirectory()) continue;
  const to = path.join(templates, id);
  await cp(from, to, { recursive: true });
  await renameIgnores(to);
}

/** npm leaves `.gitignore` out of packages; `plat init` gives `_gitignore` its name back. */
async function renameIgnores(folder) {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) await renameIgnores(file);
    else if (entry.name === '.gitignore') await rename(file, path.join(folder, '_gitignore'));
  }
}
