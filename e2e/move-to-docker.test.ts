import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Check } from '@plat/platform-kit/checks.ts';
import type { FunctionRecord, InstanceInfo, VersionRecord } from '@plat/platform-kit/domain.ts';
import { listProcesses } from '@plat/platform-kit/process/process-state.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EngineDoor } from './src/engine-door.ts';
import { containersOf, engineProblem } from './src/engine.ts';
import { nodeFunction, writeFunction } from './src/function-folder.ts';
import { Platform } from './src/platform.ts';
import { nameInRun } from './src/run.ts';
import { Traffic } from './src/traffic.ts';

const problem = await engineProblem();
const isPossible = problem === undefined && process.platform === 'linux';
const MOVED_MS = 150_000;
const STUBBORN = `if (require('node:fs').existsSync('/.dockerenv')) throw new Error('not in a container');\n`;

/** An engine that comes after the functions. Later tests stand on the earlier ones. */
describe.skipIf(!isPossible)('Docker comes late, and functions move over', () => {
  let platform: Platform;
  let door: EngineDoor;
  let socketFolder: string;
  let before: { fn: unknown; versions: unknown };
  const folderOf = (name: string) => path.join(platform.folder, 'work', name);
  const body = async <T>(route: string): Promise<T> => {
    const answer = await platform.curl(route);
    expect(answer.status, answer.text).toBe(200);
    return JSON.parse(answer.text) as T;
  };
  const deploy = async (name: string, text: string, settings = '', above = '') => {
    const code = `return { text: ${JSON.stringify(text)}, inContainer: require('node:fs').existsSync('/.dockerenv') };`;
    await platform.workFolder(name);
    const files = nodeFunction(name, code, settings);
    await writeFunction(folderOf(name), { ...files, 'index.js': `${above}${files['index.js']}` });
    await platform.platOk(['deploy'], { cwd: folderOf(name) });
  };
  const engine = async () => (await body<{ engine: Record<string, unknown> }>('/api/system')).engine;
  const phase = async () => {
    const file = path.join(platform.folder, 'data/process/engine.json');
    return (JSON.parse(await readFile(file, 'utf8')) as { phase: string }).phase;
  };
  const processes = () => listProcesses(path.join(platform.folder, 'data/process'), platform.namespace);
  const call = async (name: string) => {
    const answer = await platform.curl(`/function/${name}`);
    return { status: answer.status, ...(answer.status === 200 ? (JSON.parse(answer.text) as { text: string; inContainer: boolean }) : {}) }; // prettier-ignore
  };
  /** What must be the same before and after: everything but where the code is kept. */
  const record = async () => {
    const fn = await body<FunctionRecord>('/api/projects/default/functions/warm');
    const { items } = await body<{ items: VersionRecord[] }>('/api/projects/default/functions/warm/versions');
    const versions = items.map(({ number, state, sourceDigest, config, createdAt, finishedAt }) => ({
      number, state, sourceDigest, config, createdAt, finishedAt,
    })); // prettier-ignore
    return { fn: { id: fn.id, state: fn.state, aliases: fn.aliases }, versions };
  };
  const doctor = async () => {
    const { stdout } = await platform.plat(['doctor', '-o', 'json']);
    const { items } = JSON.parse(stdout) as { items: Check[] };
    return (id: string) => items.find((check) => check.id === id);
  };
  const traffic = (name: string) =>
    new Traffic(async () => (await platform.curl(`/function/${name}`)).status === 200, 20);

  beforeAll(async () => {
    socketFolder = await mkdtemp(path.join(os.tmpdir(), `${nameInRun()}-`));
    door = new EngineDoor(path.join(socketFolder, 'docker.sock'));
    platform = await Platform.start({ DOCKER_HOST: door.dockerHost, STOP_GRACE_SECONDS: '2' });
    await deploy('warm', 'one', 'scale:\n  min: 1\n');
    await deploy('warm', 'two', 'scale:\n  min: 1\n');
    await deploy('asleep', 'zzz', 'scale:\n  idle: 2s\n');
    before = await record();
  });
  afterAll(async () => {
    await door?.open().catch(() => undefined);
    for (const name of ['warm', 'asleep', 'stubborn']) await platform?.plat(['rm', name, '--yes']);
    await platform?.remove();
    await door?.close();
    await rm(socketFolder, { recursive: true, force: true });
  });

  it('while nobody answers, functions are processes', async () => {
    expect(await phase()).toBe('process');
    expect(await call('warm')).toEqual({ status: 200, text: 'two', inContainer: false });
    expect((await doctor())('engine.move')).toMatchObject({ verdict: 'ok' });
  });

  it('what cannot run in a container goes on as a process, and is named', async () => {
    await deploy('stubborn', 'here', 'scale:\n  min: 1\n', STUBBORN);
    const calls = [traffic('warm'), traffic('stubborn')];
    await door.open();
    await expect.poll(phase, { timeout: 30_000 }).toBe('moving');
    await expect.poll(async () => (await call('warm')).inContainer, { timeout: MOVED_MS }).toBe(true);
    const stubborn = 'default/stubborn version 1';
    await expect.poll(engine, { timeout: 30_000 }).toMatchObject({ engine: 'process', move: { to: 'docker', left: [stubborn] } }); // prettier-ignore
    expect((await platform.platOk(['system'])).stdout).toContain(`docker; not there yet: ${stubborn}`);
    expect((await doctor())('engine.move')?.evidence).toContain(stubborn);
    for (const each of calls) await each.close();
    for (const each of calls) expect(await each.take()).toMatchObject({ failed: 0 });
    expect(await call('stubborn')).toMatchObject({ text: 'here', inContainer: false });
  });

  it('a move that Docker leaves halfway is taken back, and everything goes on serving', async () => {
    const calls = [traffic('warm'), traffic('stubborn')];
    await door.close();
    await expect.poll(phase, { timeout: 60_000 }).toBe('process');
    await expect.poll(async () => (await call('warm')).inContainer, { timeout: 30_000 }).toBe(false);
    expect(await call('asleep')).toEqual({ status: 200, text: 'zzz', inContainer: false });
    for (const each of calls) await each.close();
    for (const each of calls) expect(await each.take()).toMatchObject({ failed: 0 });
    await platform.platOk(['rm', 'stubborn', '--yes']);
  });

  it('a platform that is killed halfway goes on with the move, and no warm call fails', async () => {
    await door.open();
    await expect.poll(phase, { timeout: 30_000 }).toBe('moving');
    await platform.stop('SIGKILL');
    await platform.boot();
    expect(['moving', 'docker']).toContain(await phase());
    const calls = [traffic('warm'), traffic('warm')];
    await expect.poll(phase, { timeout: MOVED_MS, interval: 500 }).toBe('docker');
    await expect.poll(async () => (await call('warm')).inContainer, { timeout: 30_000 }).toBe(true);
    for (const each of calls) await each.close();
    for (const each of calls) {
      const counted = await each.take();
      expect(counted).toMatchObject({ failed: 0 });
      expect(counted.requests).toBeGreaterThan(20);
    }
    expect(await processes()).toEqual([]);
    expect(await containersOf(platform.namespace, 'default', 'warm')).toHaveLength(1);
  });

  it('versions and aliases are what they were, and it is said where functions run', async () => {
    expect(await record()).toEqual(before);
    expect(await engine()).toMatchObject({ engine: 'docker', available: true });
    expect(await engine()).not.toHaveProperty('move');
    const instances = await platform.platJson<InstanceInfo[]>(['instances', 'warm']);
    expect(instances.map((instance) => instance.engine)).toEqual(['docker']);
    const of = await doctor();
    expect(of('engine.buildkit')).toMatchObject({ verdict: 'ok' });
    expect(of('images.live')).toMatchObject({ verdict: 'ok' });
    expect(platform.output).toContain('functions move from processes');
    expect(platform.output).toContain('functions run in containers');
  });

  it('what slept wakes in a container, and an old version called by number gets its image', async () => {
    expect(await call('asleep')).toEqual({ status: 200, text: 'zzz', inContainer: true });
    expect(await call('warm@1')).toMatchObject({ status: 200, text: 'one', inContainer: true });
  });

  it('a new deploy builds an image', async () => {
    await deploy('warm', 'three', 'scale:\n  min: 1\n');
    expect(await call('warm')).toEqual({ status: 200, text: 'three', inContainer: true });
    const folders = await readdir(path.join(platform.folder, 'data/process/images'));
    expect(await phase()).toBe('docker');
    expect(folders.length).toBeLessThanOrEqual(3);
  });

  it('after a restart it is Docker that runs functions', async () => {
    await platform.stop();
    await platform.boot();
    expect(await engine()).toMatchObject({ engine: 'docker' });
    expect(await call('warm')).toMatchObject({ text: 'three', inContainer: true });
  });
});
