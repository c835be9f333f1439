import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Docker from 'dockerode';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadRuntimes } from '@plat/platform-kit/runtime-folder.ts';
import { createContainerLauncher } from './container-launcher.ts';
import { json, send } from './http-client.ts';
import type { PreparedFunction } from './launcher.ts';
import { eventually, untilAnswering, untilLoaded } from './waiting.ts';

const PAGE = path.resolve(import.meta.dirname, '../../docs/add-a-runtime.md');
/** A file of the page: a heading that names it, and the block that follows. */
const FILE = /^#### `(runtimes\/[^`]+)`\n\n```\w+\n([^]*?)^```$/gm;

const docker = new Docker();
const hasEngine = await docker.ping().then(
  () => true,
  () => false,
);

describe.skipIf(!hasEngine)('docs/add-a-runtime.md, followed to the letter', () => {
  const launcher = createContainerLauncher(docker);
  let page: string;
  let folder: string;
  let prepared: PreparedFunction;

  beforeAll(async () => {
    page = await readFile(PAGE, 'utf8');
    folder = await mkdtemp(path.join(tmpdir(), 'plat-add-a-runtime-'));
    for (const [, file, text] of page.matchAll(FILE)) {
      await mkdir(path.dirname(path.join(folder, file!)), { recursive: true });
      await writeFile(path.join(folder, file!), text!.replaceAll('{{name}}', 'hello'));
    }
  });
  afterAll(async () => {
    await launcher.close();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  it('is found because its folder is there', async () => {
    const runtimes = await loadRuntimes(path.join(folder, 'runtimes'));
    expect(runtimes.map(({ manifest }) => [manifest.id, manifest.contract])).toEqual([['perl', 'http']]);
    prepared = await launcher.prepare(runtimes[0]!, path.join(runtimes[0]!.folder, 'template'));
  });

  it('answers what the page says', async () => {
    const promised = /^\$ curl .*\/function\/hello(\?\S+)"\n(.*\n)```$/m.exec(page)!;
    const instance = await prepared.start({});
    try {
      await untilAnswering(instance);
      const received = await send(instance, { path: `/${promised[1]}` });
      expect([received.status, received.body.toString()]).toEqual([200, promised[2]]);
      await eventually(
        'its output is in the log',
        () => instance.logs().includes('Greeting Ada') || undefined,
      );
      const streamed = await send(instance, {
        method: 'POST',
        headers: { 'transfer-encoding': 'chunked' },
        body: 'a body in chunks',
      });
      expect(streamed.body.toString()).toBe('Hello, world!\n');
      await instance.terminate();
      expect(await instance.ended).toBe(0);
    } finally {
      await instance.remove();
    }
  });

  it('says why a function cannot be loaded', async () => {
    const source = path.join(folder, 'broken');
    await mkdir(source);
    await writeFile(path.join(source, 'main.pl'), 'die "no such setting";\n');
    const [runtime] = await loadRuntimes(path.join(folder, 'runtimes'));
    const broken = await launcher.prepare(runtime!, source);
    const instance = await broken.start({});
    try {
      const { status, body } = await untilLoaded(instance);
      expect([status, body.status, body.reason]).toEqual([
        503,
        'failed',
        expect.stringContaining('no such setting'),
      ]);
      expect(json(await send(instance, { path: '/_plat/ready' }))).toMatchObject({ status: 'failed' });
    } finally {
      await instance.remove();
    }
  });
});
