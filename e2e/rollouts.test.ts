import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { FunctionRecord, VersionRecord } from '@plat/platform-kit/domain.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { byHost } from './src/by-host.ts';
import { engineProblem } from './src/engine.ts';
import { nodeFunction, writeFunction } from './src/function-folder.ts';
import { Platform } from './src/platform.ts';

const problem = await engineProblem();

describe.skipIf(problem)('rollouts', () => {
  let platform: Platform;

  beforeAll(async () => {
    platform = await Platform.start();
  });
  afterAll(async () => {
    await platform?.remove();
  });

  it('a redeploy under load fails no request and ends with the new version only', async () => {
    const folder = await writeFunction(
      await platform.workFolder('busy'),
      nodeFunction('busy', 'await new Promise((r) => setTimeout(r, 20)); return "one";'),
    );
    await platform.platOk(['deploy'], { cwd: folder, timeoutMs: 300_000 });
    const answers: { status: number; text: string }[] = [];
    const over = new AbortController();
    const clients = Array.from({ length: 8 }, async () => {
      while (!over.signal.aborted) answers.push(await platform.curl('/function/busy'));
    });
    await writeFile(
      path.join(folder, 'index.js'),
      'exports.handler = async () => { await new Promise((r) => setTimeout(r, 20)); return "two"; };\n',
    );
    await platform.platOk(['deploy'], { cwd: folder });
    const switched = answers.length;
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await platform.platOk(['rollback', 'busy']);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    over.abort();
    await Promise.all(clients);
    expect(answers.length).toBeGreaterThan(100);
    expect(answers.filter((answer) => answer.status !== 200)).toEqual([]);
    expect(answers.slice(switched + 16).some((answer) => answer.text.includes('two'))).toBe(true);
    expect(answers.at(-1)?.text).toContain('one');
  });

  it('two deploys of one function at once end with the later number live', async () => {
    const folders = await Promise.all(
      ['a', 'b'].map(async (letter) =>
        writeFunction(
          await platform.workFolder(`twice-${letter}`),
          nodeFunction('twice', `return "${letter}";`),
        ),
      ),
    );
    const [first, second] = await Promise.all(
      folders.map((cwd) => platform.platJson<VersionRecord>(['deploy'], { cwd, timeoutMs: 300_000 })),
    );
    expect([first!.number, second!.number].sort()).toEqual([1, 2]);
    const { aliases } = await platform.platJson<FunctionRecord>(['describe', 'twice']);
    expect(aliases[0]?.weights).toEqual([{ version: 2, weight: 100 }]);
    const later = first!.number === 2 ? 'a' : 'b';
    expect(JSON.parse((await platform.curl('/function/twice')).text)).toBe(later);
  });

  it('two projects have functions of the same name that do not see each other', async () => {
    await platform.platOk(['projects', 'create', 'acme']);
    for (const project of ['default', 'acme']) {
      const folder = await writeFunction(
        await platform.workFolder(`same-${project}`),
        nodeFunction('same', 'return process.env.PLAT_PROJECT;'),
      );
      await platform.platOk(['deploy', '--project', project], { cwd: folder, timeoutMs: 300_000 });
    }
    expect(JSON.parse((await platform.curl('/function/same')).text)).toBe('default');
    expect(JSON.parse((await platform.curl('/function/acme.same')).text)).toBe('acme');
    await platform.platOk(['rm', 'same', '--project', 'acme', '-y']);
    expect((await platform.curl('/function/acme.same')).status).toBe(404);
    expect((await platform.curl('/function/same')).status).toBe(200);
  });

  it('a host that two functions would share is refused', async () => {
    await platform.platOk(['projects', 'create', 'team']);
    await platform.platOk(['projects', 'create', 'team-a']);
    const first = await writeFunction(await platform.workFolder('a-web'), nodeFunction('a-web', 'return 1;'));
    await platform.platOk(['deploy', '--project', 'team'], { cwd: first, timeoutMs: 300_000 });
    const second = await writeFunction(await platform.workFolder('web'), nodeFunction('web', 'return 2;'));
    const refused = await platform.plat(['deploy', '--project', 'team-a'], { cwd: second });
    expect(refused.code).toBe(5);
    expect(refused.stderr).toContain('team-a-web');
  });

  it('--no-promote leaves the old version live, and the new one is called by its number', async () => {
    const folder = await writeFunction(
      await platform.workFolder('careful'),
      nodeFunction('careful', 'return "old";'),
    );
    await platform.platOk(['deploy'], { cwd: folder, timeoutMs: 300_000 });
    await writeFunction(folder, nodeFunction('careful', 'return "new";'));
    await platform.platOk(['deploy', '--no-promote'], { cwd: folder });
    expect(JSON.parse((await platform.curl('/function/careful')).text)).toBe('old');
    expect(JSON.parse((await platform.curl('/function/careful@2')).text)).toBe('new');
    await platform.platOk(['alias', 'set', 'careful', 'next=2']);
    expect(JSON.parse((await platform.curl('/function/careful:next')).text)).toBe('new');
  });

  it('a canary goes on by itself while its calls go well, and is taken back when they do not', async () => {
    const folder = await writeFunction(
      await platform.workFolder('canary'),
      nodeFunction('canary', 'return "one";', 'scale:\n  min: 1\n'),
    );
    const canary = ['deploy', '--canary', '50%,100%', '--step', '2s', '--min-calls', '10'];
    await platform.platOk(canary, { cwd: folder, timeoutMs: 300_000 });
    const answers: { status: number; version: string | null }[] = [];
    const over = new AbortController();
    const clients = Array.from({ length: 4 }, async () => {
      while (!over.signal.aborted) {
        const { status, headers } = await platform.curl('/function/canary', {
          headers: { 'plat-tell-version': '1' },
        });
        answers.push({ status, version: headers.get('x-plat-version') });
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    });
    await writeFunction(folder, nodeFunction('canary', 'return "two";', 'scale:\n  min: 1\n'));
    const good = await platform.platOk(canary, { cwd: folder, timeoutMs: 120_000 });
    expect(good.stderr).toMatch(/gets 50 %[\s\S]*gets 100 %[\s\S]*Version 2 is live/);
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
    expect(new Set(answers.slice(-8).map(({ version }) => version))).toEqual(new Set(['2']));

    await writeFunction(folder, nodeFunction('canary', 'throw new Error("three");', 'scale:\n  min: 1\n'));
    const bad = await platform.plat(canary, { cwd: folder, timeoutMs: 120_000 });
    expect(bad.code, bad.stderr).toBe(9);
    expect(bad.stderr).toMatch(/rolled back: .* of the new version's calls failed/);
    const from = answers.length + 8;
    await expect.poll(() => answers.length, { timeout: 20_000 }).toBeGreaterThan(from + 20);
    over.abort();
    await Promise.all(clients);
    expect(new Set(answers.slice(from).map(({ version }) => version))).toEqual(new Set(['2']));
    expect(answers.filter(({ status, version }) => status !== 200 && version !== '3')).toEqual([]);
    expect((await platform.platOk(['rollback', 'canary'])).stdout).toContain('version 1');
  });

  it('a caller stays with one version while an alias splits, by header and by cookie', async () => {
    const folder = await writeFunction(
      await platform.workFolder('sticky'),
      nodeFunction('sticky', 'return process.env.PLAT_VERSION;', 'scale:\n  min: 1\n'),
    );
    await platform.platOk(['deploy'], { cwd: folder, timeoutMs: 300_000 });
    await writeFunction(
      folder,
      nodeFunction('sticky', 'return process.env.PLAT_VERSION + "";', 'scale:\n  min: 1\n'),
    );
    await platform.platOk(['deploy', '--no-promote'], { cwd: folder });
    const set = (...more: string[]) => platform.platOk(['alias', 'set', 'sticky', 'live=1:50,2:50', ...more]);
    await set('--sticky-header', 'x-user');
    const byUser = async (user: number) =>
      (await platform.curl('/function/sticky', { headers: { 'x-user': `user-${user}` } })).text;
    const users = Array.from({ length: 12 }, (_, i) => i);
    const first = await Promise.all(users.map(byUser));
    expect(new Set(first)).toEqual(new Set(['"1"', '"2"']));
    expect(await Promise.all(users.map(byUser))).toEqual(first);
    await set('--sticky-cookie', 'plat-route');
    const given = await byHost(platform.port, 'default-sticky.localhost');
    expect(given.headers.get('set-cookie') ?? '').toMatch(
      /^plat-route=[\w-]+; Path=\/; HttpOnly; SameSite=Lax$/,
    );
  });

  it('a function that sleeps is woken once by many calls, and none fails', async () => {
    const folder = await writeFunction(
      await platform.workFolder('sleepy'),
      nodeFunction('sleepy', 'return process.pid;', 'scale:\n  min: 0\n  idle: 1s\n'),
    );
    await platform.platOk(['deploy'], { cwd: folder, timeoutMs: 300_000 });
    const instances = async () =>
      (
        JSON.parse((await platform.curl('/api/projects/default/functions/sleepy/instances')).text) as {
          items: unknown[];
        }
      ).items;
    await expect.poll(async () => (await instances()).length, { timeout: 20_000 }).toBe(0);
    const answers = await Promise.all(Array.from({ length: 20 }, () => platform.curl('/function/sleepy')));
    expect(answers.map((answer) => answer.status)).toEqual(answers.map(() => 200));
    expect(new Set(answers.map((answer) => answer.text)).size).toBe(1);
  });
});
