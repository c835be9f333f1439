import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { findConfinement } from '@plat/platform-kit/process/confinement.ts';
import { getProcess, imageFolder, processPaths } from '@plat/platform-kit/process/process-state.ts';
import { isAlive, membersOf } from '@plat/platform-kit/process/process-tree.mjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  call,
  find,
  instanceHostContract,
  settled,
  testSpec,
  type ContractSetting,
} from '../instance-host.contract.ts';
import type { InstanceHost } from '../instance-host.ts';
import { createProcessInstanceHost } from './process-instance-host.ts';

const SERVER = fileURLToPath(new URL('../docker/test-image/server.mjs', import.meta.url));
const IMAGE = `sha256:${'a'.repeat(64)}`;

async function open(bubblewrap: boolean): Promise<ContractSetting & { folder: string }> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'plat-process-'));
  const confinement = findConfinement({ searchPath: process.env['PATH'] ?? '', bubblewrap });
  const host = createProcessInstanceHost({ folder, namespace: 'plat-test', confinement });
  const image = imageFolder(folder, IMAGE);
  for (const name of ['source', 'runtime', 'deps']) await mkdir(path.join(image, name), { recursive: true });
  await copyFile(SERVER, path.join(image, 'source/server.mjs'));
  const command = ['node', '{source}/server.mjs'];
  await writeFile(path.join(image, 'image.json'), JSON.stringify({ functionId: 'f', buildKey: 'k', command, env: { NODE_ENV: 'production' } })); // prettier-ignore
  const stranger = createProcessInstanceHost({ folder, namespace: 'plat-other', confinement });
  const foreignId = await stranger.start(testSpec({ imageId: IMAGE }));
  return {
    host,
    folder,
    imageId: IMAGE,
    foreignId,
    close: async () => {
      for (const { id } of await host.list()) await host.remove(id, { graceMs: 0 });
      await stranger.remove(foreignId, { graceMs: 0 });
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const isRoot = process.getuid?.() === 0;
const withSandbox = findConfinement({ searchPath: process.env['PATH'] ?? '' }).bubblewrap !== undefined;
instanceHostContract('the process engine', () => open(false));
if (!withSandbox && process.env['PLAT_FORBID_SKIPS'] === '1')
  throw new Error(
    'bubblewrap is not there or not allowed (scripts/setup-process-engine.sh), and PLAT_FORBID_SKIPS=1.',
  );
describe.skipIf(!withSandbox)('where bubblewrap works', () =>
  instanceHostContract('the process engine with bubblewrap', () => open(true)),
);

describe.skipIf(!withSandbox).each([true])('the process engine, bubblewrap: %s', confines);
describe.each([false])('the process engine, bubblewrap: %s', confines);

function confines(bubblewrap: boolean): void {
  let setting: Awaited<ReturnType<typeof open>>;
  let host: InstanceHost;
  const begin = async (over: Parameters<typeof testSpec>[0] | object = {}) =>
    find(host, await host.start(testSpec({ imageId: IMAGE, ...over })));
  beforeAll(async () => {
    setting = await open(bubblewrap);
    host = setting.host;
  });
  afterAll(() => setting?.close());

  test('an instance knows nothing of the platform and its environment', async () => {
    process.env['SECRET_OF_THE_PLATFORM'] = 'x';
    const instance = await begin({ env: { MINE: 'yes' } });
    const { answer } = await call(instance, 'env');
    delete process.env['SECRET_OF_THE_PLATFORM'];
    expect(Object.keys(answer).filter((name) => !name.startsWith('LC_') && name !== 'PWD').sort()).toEqual([
      'HOME', 'LANG', 'MINE', 'NODE_ENV', 'PATH', 'PLAT_INSTANCE_ID', 'PLAT_LISTEN_HOST', 'PORT', 'TMPDIR',
    ]); // prettier-ignore
    await host.remove(instance.id, { graceMs: 0 });
  });

  test.skipIf(!isRoot)(
    'as root, each instance is somebody else, without capabilities, and cannot read the state',
    async () => {
      const [a, b] = await Promise.all([begin(), begin()]);
      const [one, two] = await Promise.all([call(a, 'confinement'), call(b, 'confinement')]);
      const uids = [one, two].map(({ answer }) => answer['uid'] as number);
      expect(uids[0]).not.toBe(uids[1]);
      expect(Math.min(...uids)).toBeGreaterThanOrEqual(30_000);
      for (const set of ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'])
        expect(one.answer['status']).toMatch(new RegExp(`^${set}:\\s0+$`, 'm'));
      expect(one.answer['status']).toMatch(/^NoNewPrivs:\s1$/m);
      for (const file of [path.join(setting.folder, 'state/x'), '/etc/x', '/usr/x'])
        expect(await call(a, 'write', { path: file })).toMatchObject({ ok: false });
      expect(await call(a, 'write', { path: '/tmp/plat-test-x' })).toMatchObject({ ok: true });
      if (bubblewrap) expect(existsSync('/tmp/plat-test-x')).toBe(false);
      await rm('/tmp/plat-test-x', { force: true });
      await Promise.all([a, b].map(({ id }) => host.remove(id, { graceMs: 0 })));
    },
  );

  test('more memory than its limit kills it, and the reason is known', async () => {
    const greedy = await begin({ memoryMb: 96 });
    await call(greedy, '');
    await call(greedy, 'eat', { mb: '300' }).catch(() => undefined);
    await settled(async () => (await host.exits(greedy.id)).restarts >= 1);
    await settled(async () => (await find(host, greedy.id)).status === 'running');
    expect(await host.exits(greedy.id)).toMatchObject({ outOfMemory: true, exitCode: 137 });
    await host.remove(greedy.id, { graceMs: 0 });
  });

  test('children go with it, and no file is left', async () => {
    const instance = await begin({ pids: 200 });
    await call(instance, 'spawn', { count: '3' });
    const { spec, state } = await getProcess(setting.folder, 'plat-test', instance.id);
    const members = { id: instance.id, leader: state!.child!.pid, uid: spec.uid };
    expect(membersOf(members).length).toBeGreaterThanOrEqual(4);
    await host.remove(instance.id, { graceMs: 2000 });
    expect(membersOf({ ...members, leader: null })).toEqual([]);
    expect(isAlive(state!.supervisor)).toBe(false);
    expect(existsSync(spec.workFolder)).toBe(false);
    const paths = processPaths(setting.folder);
    const left = [...(await readdir(paths.states)), ...(await readdir(paths.logs))];
    expect(left.filter((name) => name.startsWith(instance.id))).toEqual([]);
  });

  test.skipIf(!isRoot)(
    'another installation never takes the user id of an instance, so that neither ends what is the other\u2019s',
    async () => {
      const mine = await begin();
      await call(mine, '');
      const { spec } = await getProcess(setting.folder, 'plat-test', mine.id);
      const found = findConfinement({ searchPath: process.env['PATH'] ?? '', bubblewrap });
      const confinement = { ...found, uids: { first: spec.uid!, count: 2 } };
      const other = createProcessInstanceHost({
        folder: setting.folder,
        namespace: 'plat-third',
        confinement,
      });
      const id = await other.start(testSpec({ imageId: IMAGE }));
      expect((await call(await find(other, id), 'confinement')).answer['uid']).toBe(spec.uid! + 1);
      await other.remove(id, { graceMs: 0 });
      await call(mine, '');
      expect(await host.exits(mine.id)).toMatchObject({ restarts: 0 });
      await host.remove(mine.id, { graceMs: 0 });
    },
  );

  test('an instance without its supervisor is dead, and can be removed', async () => {
    const instance = await begin();
    await call(instance, '');
    const { spec, state } = await getProcess(setting.folder, 'plat-test', instance.id);
    process.kill(state!.supervisor.pid, 'SIGKILL');
    await settled(async () => (await find(host, instance.id)).status === 'dead');
    await host.remove(instance.id, { graceMs: 1000 });
    expect(membersOf({ id: instance.id, leader: null, uid: spec.uid })).toEqual([]);
  });

  test('a state with the number of another process is not taken for running', async () => {
    const instance = await begin();
    const file = processPaths(setting.folder).of(instance.id);
    const { state } = await getProcess(setting.folder, 'plat-test', instance.id);
    process.kill(state!.supervisor.pid, 'SIGKILL');
    await settled(async () => !isAlive(state!.supervisor));
    await writeFile(
      file.state,
      JSON.stringify({ ...state, supervisor: { pid: process.pid, startTime: '1' } }),
    );
    expect((await find(host, instance.id)).status).toBe('dead');
    await host.remove(instance.id, { graceMs: 0 });
  });

  test('it says how well it isolates', async () => {
    const info = (await host.info()) as { isolation?: string };
    expect(info.isolation).toMatch(bubblewrap ? /bubblewrap\)/ : /not installed or not allowed/);
  });
}
