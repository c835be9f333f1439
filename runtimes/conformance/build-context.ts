import { cp, mkdir, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Runtime } from '@plat/platform-kit/runtime-manifest.ts';

/** Lays out what a runtime's Dockerfile is built from (docs/runtime-contract.md, "The build context"). */
export async function writeBuildContext(
  runtime: Runtime,
  sourceFolder: string,
  target: string,
): Promise<void> {
  for (const folder of ['deps', 'source', 'build'])
    await mkdir(path.join(target, folder), { recursive: true });
  await cp(path.join(runtime.folder, 'Dockerfile'), path.join(target, 'Dockerfile'));
  await cp(path.join(runtime.folder, 'server'), path.join(target, 'runtime'), { recursive: true });
  await rm(path.join(target, 'runtime', '__pycache__'), { recursive: true, force: true });
  await cp(sourceFolder, path.join(target, 'source'), { recursive: true });
  for (const file of runtime.manifest.dependencyFiles) {
    const from = path.join(sourceFolder, file);
    if (existsSync(from)) await cp(from, path.join(target, 'deps', file));
  }
}
