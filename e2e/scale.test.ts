import type { Execution, InstanceInfo, PooledContainer } from '@plat/platform-kit/domain.ts';
import { poll } from '@plat/platform-kit/waiting.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { byHost } from './src/by-host.ts';
import { containersOf, docker, engineProblem } from './src/engine.ts';
import { nodeFunction, writeFunction } from './src/function-folder.ts';
import { Platform } from './src/platform.ts';

const problem = await engineProblem();

describe.skipIf(problem)('scale', () => {
  let platform: Platform;

  beforeAll(async () => {
    // Room for four of the usual size.
    platform = await Platform.start({ INSTANCES_MEMORY_MB: '512', START_QUEUE_TIMEOUT_SECONDS: '1' });
  });
  afterAll(async () => {
    await platform?.remove();
  });

  async function deploy(name: string, body: string, settings: string): Promise<void> {
    const folder = await writeFunction(await platform.workFolder(name), nodeFunction(name, body, settings));
    await platform.platOk(['deploy'], { cwd: folder, timeoutMs: 300_000 });
  }

  async function rungs(name: string): Promise<(string | null)[]> {
    const instances = await platform.platJson<InstanceInfo[]>(['instances', name]);
    return instances.map(({ rung }) => rung);
  }

  async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
    const seen = await poll(async () => (await isSo()) || undefined, { intervalMs: 200, timeoutMs: 60_000 });
    if (!seen) throw new Error(`It did not come to this: ${what}`);
  }

  it.each([
    ['paused', 'paused', 'scale:\n  pauseAfter: 1s\n'],
    ['stopped', 'exited', 'scale:\n  stopAfter: 1s\n'],
  ])('an idle instance is %s, and goes on for a call by API and by host', async (rung, state, settings) => {
    const name = `is-${rung}`;
    await deploy(name, 'return process.hrtime()[0];', settings);
    const [{ Id: id } = { Id: '' }] = await containersOf(platform.namespace, 'default', name);
    const rests = async () => (await docker.getContainer(id).inspect()).State.Status === state;
    await until('it rests', rests);
    expect(await rungs(name)).toEqual([rung]);
    expect((await platform.curl(`/function/${name}`)).status).toBe(200);
    await until('it rests again', rests);
    expect((await byHost(platform.port, `default-${name}.platform.test`)).status).toBe(200);
    expect((await containersOf(platform.namespace, 'default', name)).map(({ Id }) => Id)).toEqual([id]);
  });

  it('fifty first calls at once start as many instances as they fill, and none of them fails', async () => {
    const slow = 'await new Promise((r) => setTimeout(r, 500)); return "ok";';
    await deploy('burst', slow, 'concurrency: 20\nscale:\n  idle: 1s\n');
    await until('it sleeps', async () => (await containersOf(platform.namespace, 'default', 'burst')).length === 0); // prettier-ignore
    const answers = await Promise.all(Array.from({ length: 50 }, () => platform.curl('/function/burst')));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    const started = await containersOf(platform.namespace, 'default', 'burst');
    expect(started.length).toBeGreaterThan(1);
    expect(started.length).toBeLessThanOrEqual(3);
  });

  it('a function without dependencies wakes from the pool, in a container that is its own and as confined', async () => {
    const body =
      'return { from: process.env.GREETING, memory: context.memoryLimitInMB, dir: process.cwd() };';
    await deploy('pooled', body, 'env:\n  GREETING: pool\nmemory: 192\nscale:\n  idle: 3s\n');
    const sleeps = async () => (await containersOf(platform.namespace, 'default', 'pooled')).length === 0;
    const warm = async () => (await platform.platJson<PooledContainer[]>(['pools'])).some(({ memoryMb, state }) => memoryMb === 192 && state === 'warm'); // prettier-ignore
    await until('it sleeps', sleeps);
    expect((await platform.curl('/function/pooled')).status).toBe(200);
    await until('its pool is warm', warm);
    await until('it sleeps', sleeps);
    const answer = await platform.curl('/function/pooled');
    expect([answer.status, JSON.parse(answer.text)]).toEqual([
      200,
      { from: 'pool', memory: 192, dir: '/app' },
    ]);
    const [container] = await containersOf(platform.namespace, 'default', 'pooled');
    const { Id: id, HostConfig, Config } = await docker.getContainer(container!.Id).inspect();
    expect(Config.Labels).toMatchObject({ 'plat.pool': 'node', 'plat.project': 'default' });
    expect(JSON.stringify(Config)).not.toContain('GREETING');
    expect(HostConfig).toMatchObject({
      Memory: 192 * 1024 ** 2,
      ReadonlyRootfs: true,
      CapDrop: ['ALL'],
      Init: true,
    });
    expect(HostConfig.NetworkMode).toBe(`${platform.namespace}-functions-default`);
    const fromPool = () => platform.platJson<Execution[]>(['executions', 'ls', 'pooled', '--rung', 'pool']);
    await until('the call is recorded', async () => (await fromPool()).length === 1);
    const [{ instance } = { instance: '' }] = await fromPool();
    expect(id.startsWith(instance!)).toBe(true);
    // From outside nobody reaches the path by which it got its code.
    const again = await platform.curl('/function/pooled/_plat/specialize', { method: 'POST', body: '{}' });
    expect(again.status).toBe(404);
    await until('it sleeps again', sleeps);
    await platform.platOk(['rm', 'pooled', '--yes']);
  });

  it('a platform that is killed while functions get their code serves each its own afterwards, and leaves nothing over', async () => {
    const names = ['left', 'right'];
    for (const name of names) await deploy(name, `return "${name}";`, 'memory: 96\nscale:\n  idle: 2s\n');
    const containers = async () => (await Promise.all(names.map((name) => containersOf(platform.namespace, 'default', name)))).flat(); // prettier-ignore
    const pooled = async () => (await platform.platJson<PooledContainer[]>(['pools'])).filter(({ memoryMb }) => memoryMb === 96); // prettier-ignore
    const call = (name: string) => platform.curl(`/function/${name}`).catch(() => undefined);
    const sleep = () => until('both sleep', async () => (await containers()).length === 0);
    const isWarm = async () => (await pooled()).filter(({ state }) => state === 'warm').length === 2;
    await sleep();
    await Promise.all(names.map(call));
    await sleep();
    await until('the pool is warm', isWarm);
    const calls = names.map(call);
    await new Promise((resolve) => setTimeout(resolve, 10));
    await platform.stop('SIGKILL');
    await Promise.all(calls);
    await platform.boot();
    for (const name of names)
      await until(`${name} answers`, async () => {
        const answer = await call(name);
        if (answer?.status === 200) expect(JSON.parse(answer.text)).toBe(name);
        return answer?.status === 200;
      });
    expect((await containers()).length).toBeLessThanOrEqual(2);
    for (const name of names) await platform.platOk(['rm', name, '--yes']);
    await until('no instance is left', async () => (await containers()).length === 0);
    await until('what waits is warm', async () => (await pooled()).every(({ state }) => state === 'warm'));
  }, 240_000);

  it('idle instances make room for others; while none can, calls get 503, and the one that is busy ends its own', async () => {
    await deploy('guest', 'return "ok";', '');
    const slow =
      'await new Promise((r) => setTimeout(r, Number(event.queryStringParameters?.ms ?? 0))); return "ok";';
    await deploy('host', slow, 'memory: 512MB\n');
    const instances = async (name: string) =>
      (await containersOf(platform.namespace, 'default', name)).length;
    await until('the other is gone', async () => (await instances('guest')) === 0);
    const long = platform.curl('/function/host?ms=8000');
    await until('it is called', async () => (await rungs('host'))[0] === 'hot');
    const refused = await platform.curl('/function/guest');
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '2']);
    expect(JSON.parse(refused.text)).toMatchObject({ code: 'unavailable', details: { reason: 'no_room' } });
    expect((await long).status).toBe(200);
    await until('guest has room again', async () => (await platform.curl('/function/guest')).status === 200);
    expect(await instances('host')).toBe(0);
    const tooLarge = await writeFunction(
      await platform.workFolder('huge'),
      nodeFunction('huge', 'return 1;', 'memory: 513MB\n'),
    );
    expect((await platform.plat(['deploy'], { cwd: tooLarge })).stderr).toContain('memory: 513 never fits');
  });

  it('settings that contradict each other are refused, with what to do', async () => {
    const folder = await writeFunction(
      await platform.workFolder('wrong'),
      nodeFunction('wrong', 'return 1;', 'scale:\n  min: 3\n  max: 2\n'),
    );
    const refused = await platform.plat(['deploy'], { cwd: folder });
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toContain('scale.max: expected scale.min (3) or more');
  });
});
