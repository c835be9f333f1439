import { rm } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { poll } from '@plat/platform-kit/waiting.ts';
import { containersOf, engineProblem, leftovers, removeLeftovers } from './src/engine.ts';
import { nodeFunction, writeFunction } from './src/function-folder.ts';
import { Platform, REPOSITORY } from './src/platform.ts';
import { runProcess } from './src/run-process.ts';

const ADMIN = path.join(REPOSITORY, 'admin/bin/plat-admin.mjs');
const problem = await engineProblem();

describe.skipIf(problem !== undefined)('a backup', () => {
  let platform: Platform;
  beforeAll(async () => {
    platform = await Platform.start();
  });
  afterAll(() => platform?.remove());

  const admin = (...args: string[]) => runProcess(process.execPath, [ADMIN, ...args], { env: platform.env });

  test('made under traffic brings every function back on a machine that has nothing', async () => {
    const folder = await platform.workFolder('greeter');
    await writeFunction(
      folder,
      nodeFunction('greeter', 'return { hello: process.env.WHO };', 'env:\n  WHO: world\n'),
    );
    await platform.platOk(['deploy'], { cwd: folder });
    const statuses: number[] = [];
    let isOver = false;
    const traffic = (async () => {
      while (!isOver) statuses.push((await platform.curl('/function/greeter')).status);
    })();
    const archive = path.join(platform.folder, 'backup.tar.gz');
    const made = await admin('backup', '--out', archive);
    isOver = true;
    await traffic;
    expect(made, made.stderr).toMatchObject({ code: 0 });
    expect(new Set(statuses)).toEqual(new Set([200]));

    await platform.stop();
    await removeLeftovers(platform.namespace);
    await rm(path.join(platform.folder, 'data'), { recursive: true });
    expect(await leftovers(platform.namespace)).toEqual({ containers: [], images: [], networks: [] });

    const restored = await admin('restore', archive);
    expect(restored, restored.stderr).toMatchObject({ code: 0 });
    await platform.boot();
    const answer = await platform.curl('/function/greeter');
    expect(answer).toMatchObject({ status: 200, text: '{"hello":"world"}' });
    expect((await platform.platOk(['build-log', 'greeter'])).stdout).toContain('building it again');
  });

  test('is not needed when only an image was lost: the next start has it built again', async () => {
    await platform.platOk(['stop', 'greeter']);
    await poll(
      async () =>
        (await containersOf(platform.namespace, 'default', 'greeter')).length === 0 ? true : undefined,
      { intervalMs: 200, timeoutMs: 30_000 },
    );
    await removeLeftovers(platform.namespace);
    await platform.platOk(['start', 'greeter']);
    expect(await platform.curl('/function/greeter')).toMatchObject({
      status: 200,
      text: '{"hello":"world"}',
    });
  });
});
