import { readdir } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import type { FunctionRecord, VersionRecord } from '@plat/platform-kit/domain.ts';
import { poll } from '@plat/platform-kit/waiting.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { containersOf, docker, engineProblem, leftovers } from './src/engine.ts';
import { nodeFunction, writeFunction } from './src/function-folder.ts';
import { Platform, REPOSITORY } from './src/platform.ts';
import { runProcess } from './src/run-process.ts';

const problem = await engineProblem();

describe.skipIf(problem)('faults', () => {
  let platform: Platform;
  const name = 'steady';

  beforeAll(async () => {
    platform = await Platform.start();
    const folder = await writeFunction(
      await platform.workFolder(name),
      nodeFunction(name, 'return process.env.PLAT_VERSION;', 'scale:\n  min: 1\n'),
    );
    await platform.platOk(['deploy'], { cwd: folder, timeoutMs: 300_000 });
  });
  afterAll(async () => {
    await platform?.remove();
  });

  async function instance() {
    return (await containersOf(platform.namespace, 'default', name)).find(
      (container) => container.State === 'running',
    );
  }

  async function servesAgain(withinMs: number): Promise<boolean> {
    const ok = await poll(
      async () => ((await platform.curl(`/function/${name}`)).status === 200 ? true : undefined),
      { intervalMs: 50, timeoutMs: withinMs },
    );
    return ok ?? false;
  }

  it.each([
    ['removed', (id: string) => docker.getContainer(id).remove({ force: true })],
    ['killed', (id: string) => docker.getContainer(id).kill()],
    ['stopped', (id: string) => docker.getContainer(id).stop({ t: 0 })],
    ['paused', (id: string) => docker.getContainer(id).pause()],
  ])('a container %s by hand is repaired within 5 s', async (_how, harm) => {
    await harm((await instance())!.Id);
    const startedAt = Date.now();
    const repaired = await poll(
      async () => {
        const found = await instance();
        return found && !found.Status.includes('Paused') ? true : undefined;
      },
      { intervalMs: 50, timeoutMs: 5000 },
    );
    expect(repaired, 'repaired within 5 s').toBe(true);
    expect(await servesAgain(Math.max(100, 5000 - (Date.now() - startedAt)))).toBe(true);
    await expect
      .poll(async () => (await containersOf(platform.namespace, 'default', name)).length, { timeout: 15_000 })
      .toBe(1);
  });

  it('SIGKILL of the platform leaves instances running; they are found again and nothing acknowledged is lost', async () => {
    const before = (await instance())!.Id;
    const versions = await platform.platJson<unknown>(['versions', name]);
    const token = await platform.platJson<{ token: string }>([
      'tokens',
      'create',
      'kept',
      '--role',
      'invoker',
    ]);
    await platform.stop('SIGKILL');
    expect((await instance())?.Id).toBe(before);
    await platform.boot();
    expect(await servesAgain(10_000)).toBe(true);
    expect((await instance())?.Id).toBe(before);
    expect(await platform.platJson<unknown>(['versions', name])).toEqual(versions);
    expect((await platform.curl(`/function/${name}`, { token: token.token })).status).toBe(200);
  });

  it('SIGKILL in the middle of a build: the build is done again after the start', async () => {
    const folder = await writeFunction(await platform.workFolder('slow-build'), {
      ...nodeFunction('slow-build', 'return "built";'),
      'package.json': JSON.stringify({
        dependencies: { 'is-number': '7.0.0' },
        scripts: { preinstall: `sleep 4 # ${platform.namespace}` },
      }),
    });
    const { number } = await platform.platJson<VersionRecord>(['deploy', '--no-wait'], { cwd: folder });
    await expect
      .poll(async () => (await version('slow-build', number)).state, { timeout: 20_000 })
      .toBe('building');
    await platform.stop('SIGKILL');
    await platform.boot();
    await expect
      .poll(async () => (await version('slow-build', number)).state, { timeout: 60_000 })
      .toBe('ready');
    expect(JSON.parse((await platform.curl('/function/slow-build')).text)).toBe('built');
  });

  it('^C in the middle of a deploy cancels it and leaves nothing', async () => {
    const folder = await writeFunction(await platform.workFolder('regret'), {
      ...nodeFunction('regret', 'return 1;'),
      'package.json': JSON.stringify({
        dependencies: { 'is-number': '7.0.0' },
        scripts: { preinstall: `sleep 30 # ${platform.namespace}` },
      }),
    });
    const { code, stderr } = await platform.plat(['deploy'], {
      cwd: folder,
      timeoutMs: 60_000,
      onStart: (child) => {
        child.stderr?.on('data', (chunk: Buffer) => {
          if (/uploaded/.test(chunk.toString())) setTimeout(() => child.kill('SIGINT'), 2000);
        });
      },
    });
    expect(code, stderr).toBe(130);
    await expect.poll(async () => (await version('regret', 1)).state, { timeout: 15_000 }).toBe('cancelled');
    expect(await containersOf(platform.namespace, 'default', 'regret')).toEqual([]);
  });

  it('an upload cut halfway leaves nothing', async () => {
    const before = await filesOf('data/builder');
    const socket = net.connect(platform.port, '127.0.0.1');
    const part =
      '--x\r\nContent-Disposition: form-data; name="config"\r\n\r\n{"runtime":"node"}\r\n--x\r\nContent-Disposition: form-data; name="source"; filename="a.zip"\r\nContent-Type: application/zip\r\n\r\nPK\x03\x04';
    socket.write(
      `POST /api/projects/default/functions/cut/versions HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer dev-token\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: 100000\r\n\r\n${part}`,
    );
    await new Promise((resolve) => setTimeout(resolve, 500));
    socket.destroy();
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect((await platform.plat(['describe', 'cut'])).code).toBe(4);
    expect(await filesOf('data/builder')).toEqual(before);
  });

  it('the engine restarts: functions serve again without a hand', async () => {
    const script = path.join(REPOSITORY, 'scripts/engine-restart.sh');
    const restarted = await runProcess('bash', [script], { timeoutMs: 120_000 });
    expect(restarted.code, restarted.stderr).toBe(0);
    expect(await servesAgain(20_000)).toBe(true);
  });

  it('the engine is away: the platform says so, and goes on by itself when it is back', async () => {
    const script = path.join(REPOSITORY, 'scripts/engine-restart.sh');
    expect((await runProcess('bash', [script, '--stop'], { timeoutMs: 120_000 })).code).toBe(0);
    try {
      const system = JSON.parse((await platform.curl('/api/system')).text) as {
        engine: { available: boolean; problem: string };
      };
      expect(system.engine.available).toBe(false);
      expect(system.engine.problem).toMatch(/engine does not answer/i);
      const folder = await writeFunction(
        await platform.workFolder('later'),
        nodeFunction('later', 'return 1;'),
      );
      const refused = await platform.plat(['deploy'], { cwd: folder });
      expect(refused.code).toBe(6);
      expect(refused.stderr).toMatch(/engine/i);
    } finally {
      expect((await runProcess('bash', [script, '--start'], { timeoutMs: 120_000 })).code).toBe(0);
    }
    expect(await servesAgain(20_000)).toBe(true);
  });

  it('what was live stays live through all of it', async () => {
    const { aliases } = await platform.platJson<FunctionRecord>(['describe', name]);
    expect(aliases.find((alias) => alias.name === 'live')?.weights).toEqual([{ version: 1, weight: 100 }]);
    expect((await leftovers(platform.namespace)).networks.length).toBe(1);
  });

  async function filesOf(folder: string): Promise<string[]> {
    return (await readdir(path.join(platform.folder, folder), { recursive: true })).sort();
  }

  async function version(functionName: string, number: number): Promise<VersionRecord> {
    return JSON.parse(
      (await platform.curl(`/api/projects/default/functions/${functionName}/versions/${number}`)).text,
    ) as VersionRecord;
  }
});
