import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { FunctionRecord, VersionRecord } from '@plat/platform-kit/domain.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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
