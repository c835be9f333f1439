import { copyFile, cp, lstat, mkdir, realpath, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { serverFolders, type Runtime } from '@plat/platform-kit/runtime-folder.ts';
import type { BuildSettings } from './build-settings.ts';
import { readTree } from './read-tree.ts';
import type { TreeEntry } from './tree-digest.ts';

/**
 * Completes a build context around `<folder>/source`, as docs/runtime-contract.md describes it: `Dockerfile`, `runtime/`,
 * `deps/` (so that the dependency layer depends on nothing else), `build/`. Returns the folder to build: the source alone
 * when the runtime leaves everything to it.
 */
export async function completeContext(
  folder: string,
  inputs: { runtime: Runtime; settings: BuildSettings },
): Promise<string> {
  const { runtime, settings } = inputs;
  if (runtime.manifest.buildContext === 'source') return path.join(folder, 'source');
  for (const name of ['runtime', 'deps', 'build']) await mkdir(path.join(folder, name), { recursive: true });
  await copyFile(path.join(runtime.folder, 'Dockerfile'), path.join(folder, 'Dockerfile'));
  for (const server of serverFolders(runtime)) {
    if (await lstat(server).catch(() => undefined))
      await cp(server, path.join(folder, 'runtime'), { recursive: true, filter: isKept });
  }
  for (const name of runtime.manifest.dependencyFiles)
    await copyDependencyFile(path.join(folder, 'source'), name, path.join(folder, 'deps', name));
  for (const [name, content] of Object.entries(settings.files))
    await writeFile(path.join(folder, 'build', name), content);
  return folder;
}

/** What of a runtime's folder goes into its images. */
export async function readRuntimeFiles(runtime: Runtime): Promise<TreeEntry[]> {
  const servers = await Promise.all(serverFolders(runtime).map((folder) => readTree(folder)));
  const top = (await readTree(runtime.folder)).filter(
    ({ path }) => path === 'Dockerfile' || path === 'runtime.json',
  );
  return [
    ...top,
    ...servers.flatMap((server, index) =>
      server.map((entry) => ({
        ...entry,
        path: `${'../'.repeat(servers.length - 1 - index)}server/${entry.path}`,
      })),
    ),
  ];
}

function isKept(file: string): boolean {
  const name = path.basename(file);
  return name !== '__pycache__' && name !== 'node_modules';
}

async function copyDependencyFile(source: string, name: string, target: string): Promise<void> {
  const file = await realpath(path.join(source, name)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ELOOP') return undefined;
    throw error;
  });
  const root = await realpath(source);
  if (file === undefined || !file.startsWith(root + path.sep)) return;
  if ((await lstat(file)).isFile()) await copyFile(file, target);
}
