import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadRuntimes, serverFolders } from './runtime-folder.ts';

const MANIFEST = {
  title: 'Node.js', contract: 'handler', defaults: { handler: 'index.handler', memoryMb: 128, concurrency: 8, timeoutSeconds: 30 },
  dependencyFiles: ['package.json'], handlerFiles: ['{module}.js', '{module}.mjs'], baseImages: [],
}; // prettier-ignore
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'plat-runtimes-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function add(id: string, manifest: unknown): Promise<void> {
  await mkdir(path.join(folder, id));
  await writeFile(path.join(folder, id, 'runtime.json'), JSON.stringify(manifest));
}

test('loadRuntimes() reads every folder with a manifest, sorted by id, and skips the rest', async () => {
  await add('python', { ...MANIFEST, id: 'python' });
  await add('node', { ...MANIFEST, id: 'node' });
  await mkdir(path.join(folder, 'conformance'));
  await writeFile(path.join(folder, 'package.json'), '{}');
  const runtimes = await loadRuntimes(folder);
  expect(runtimes.map((runtime) => runtime.manifest.id)).toEqual(['node', 'python']);
  expect(runtimes[0]!.folder).toBe(path.join(folder, 'node'));
});

test('loadRuntimes() names the file and the field of a wrong manifest', async () => {
  await add('node', { ...MANIFEST, id: 'node', dependancyFiles: [] });
  await expect(loadRuntimes(folder)).rejects.toThrow(/node\/runtime\.json is not valid\. dependancyFiles: unknown key; did you mean "dependencyFiles"\?/);
}); // prettier-ignore

test('serverFolders() puts the server of the runtime that is extended below the own one', async () => {
  await add('python', { ...MANIFEST, id: 'python' });
  await add('script', { ...MANIFEST, id: 'script', extends: 'python' });
  const [python, script] = await loadRuntimes(folder);
  expect(serverFolders(python!)).toEqual([path.join(folder, 'python', 'server')]);
  expect(serverFolders(script!)).toEqual([
    path.join(folder, 'python', 'server'),
    path.join(folder, 'script', 'server'),
  ]);
});

test('loadRuntimes() refuses a runtime that extends one that is not there', async () => {
  await add('script', { ...MANIFEST, id: 'script', extends: 'pyhton' });
  await expect(loadRuntimes(folder)).rejects.toThrow('there is no runtime "pyhton" to extend');
});
