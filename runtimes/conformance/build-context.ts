import { cp, mkdir } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { serverFolders, type Runtime } from '@plat/platform-kit/runtime-folder.ts';

/** Lays out what a runtime's Dockerfile is built from (docs/runtime-contract.md, "The build context"). */
export async function writeBuildContext(
  runtime: Runtime,
  sourceFolder: string,
  target: string,
): Promise<void> {
  if (runtime.manifest.buildContext === 'source') {
    await cp(sourceFolder, target, { recursive: true });
    return;
  }
  for (const folder of ['runtime', 'deps', 'source', 'build'])
    await mkdir(path.join(target, folder), { recursive: true });
  await cp(path.join(runtime.folder, 'Dockerfile'), path.join(target, 'Dockerfile'));
  for (const folder of serverFolders(runtime).filter(existsSync))
    await cp(folder, path.join(target, 'runtime'), {
      recursive: true,
      filter: (file) => path.basename(file) !== '__pycache__',
    });
  await cp(sourceFolder, path.join(target, 'source'), { recursive: true });
  for (const file of runtime.manifest.dependencyFiles) {
    const from = path.join(sourceFolder, file);
    if (existsSync(from)) await cp(from, path.join(target, 'deps', file));
  }
}
