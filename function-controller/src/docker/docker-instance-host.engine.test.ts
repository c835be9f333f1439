import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { connectDocker } from '@plat/platform-kit/docker/connect.ts';
import { deadline } from '@plat/platform-kit/waiting.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  call,
  find,
  instanceHostContract,
  settled,
  testSpec,
  type ContractSetting,
} from '../instance-host.contract.ts';
import type { HostInstance, InstanceHost, InstanceSpec } from '../instance-host.ts';
import { createDockerInstanceHost } from './docker-instance-host.ts';

const BASE = 'node:24-trixie-slim';
const docker = connectDocker(process.env['DOCKER_HOST']);
const missing = await docker
  .getImage(BASE)
  .inspect()
  .then(
    () => undefined,
    (error: Error) => error,
  );
if (missing && process.env['PLAT_FORBID_SKIPS'] === '1')
  throw new Error(`These tests need a Docker engine with the image ${BASE}.`, { cause: missing });

/** An installation of its own on the engine; `close` leaves nothing of it. */
async function open(): Promise<ContractSetting & { namespace: string }> {
  const namespace = `plat-test-${randomBytes(4).toString('hex')}`;
  const host = createDockerInstanceHost({ docker, namespace, dockerHost: undefined });
  const image = `${namespace}:latest`;
  await build(image);
  const { Id: imageId } = await docker.getImage(image).inspect();
  const foreign = await docker.createContainer({ Image: imageId, Labels: { 'plat.managed': 'true' } });
  return {
    host,
    namespace,
    imageId,
    foreignId: foreign.id,
    close: async () => {
      await foreign.remove({ force: true });
      for (const { id } of await host.list()) await host.remove(id, { graceMs: 0 });
      for (const project of await host.listProjects()) await host.forgetProject(project);
      await docker.getImage(image).remove();
    },
  };
}

async function build(image: string): Promise<void> {
  const context = fileURLToPath(new URL('test-image', import.meta.url));
  const stream = await docker.buildImage(
    { context, src: ['Dockerfile', 'server.mjs'] },
    { t: image, version: '2' },
  );
  await new Promise<void>((resolve, reject) => {
    docker.modem.followProgress(stream, (error, output: { error?: string }[]) => {
      const problem = error ?? output.map((row) => row.error).find(Boolean);
      if (problem) reject(problem instanceof Error ? problem : new Error(String(problem)));
      else resolve();
    });
  });
}

describe.skipIf(missing)('docker', () => {
  instanceHostContract('createDockerInstanceHost()', open);

  describe('an instance on Docker is confined', () => {
    let setting: Awaited<ReturnType<typeof open>>;
    let host: InstanceHost;
    let instance: HostInstance;
    const begin = async (over: Partial<InstanceSpec> = {}) =>
      find(host, await host.start(testSpec({ imageId: setting.imageId, ...over })));
    beforeAll(async () => {
      setting = await open();
      host = setting.host;
      instance = await begin({ memoryMb: 96, cpus: 0.5, pids: 40, tmpMb: 8 });
    });
    afterAll(() => setting?.close());

    test('its label names the port of the spec, and the engine is described without more', async () => {
      expect(instance.labels.port).toBe(8080);
      expect(await host.info()).toEqual({
        engine: 'docker',
        available: true,
        version: expect.any(String),
        problem: null,
      });
    });

    test('the engine repeats every promise', async () => {
      const {
        HostConfig: config,
        Config,
        NetworkSettings,
        Mounts,
      } = await docker.getContainer(instance.id).inspect();
      expect(config).toMatchObject({
        Memory: 96 * 1024 * 1024,
        MemorySwap: 96 * 1024 * 1024,
        NanoCpus: 0.5e9,
        PidsLimit: 40,
        CapDrop: ['ALL'],
        CapAdd: null,
        Privileged: false,
        ReadonlyRootfs: true,
        Init: true,
        SecurityOpt: ['no-new-privileges'],
        RestartPolicy: { Name: 'always' },
        PublishAllPorts: false,
        Binds: null,
        PidMode: '',
        UTSMode: '',
        NetworkMode: `${setting.namespace}-functions-contract`,
      });
      expect(config.PortBindings ?? {}).toEqual({});
      expect(config.Devices ?? []).toEqual([]);
      expect(['private', 'shareable']).toContain(config.IpcMode);
      expect(Config.User).toBe('65532:65532');
      expect(Mounts).toEqual([]);
      expect(Object.values(NetworkSettings.Ports).every((bindings) => !bindings?.length)).toBe(true);
      expect(Object.keys(NetworkSettings.Networks)).toEqual([`${setting.namespace}-functions-contract`]);
    });

    test('inside it is nobody, without capabilities and without a way to new privileges', async () => {
      const { answer } = await call(instance, 'confinement');
      const status = answer as { uid: number; gid: number; status: string; init: string; pid: number };
      expect(status).toMatchObject({ uid: 65532, gid: 65532 });
      for (const set of ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'])
        expect(status.status).toMatch(new RegExp(`^${set}:\\s0+$`, 'm'));
      expect(status.status).toMatch(/^NoNewPrivs:\s1$/m);
      expect(status.status).toMatch(/^Seccomp:\s2$/m);
    });

    test('an init is process 1, and the function is not', async () => {
      const { answer } = await call(instance, 'confinement');
      expect(answer['init']).toMatch(/init|tini/);
      expect(answer['pid']).not.toBe(1);
    });

    test('only /tmp can be written to, up to its size', async () => {
      for (const path of [
        '/x',
        '/server.mjs',
        '/home/x',
        '/var/tmp/x',
        '/etc/x',
        '/proc/sys/kernel/hostname',
      ])
        expect(await call(instance, 'write', { path })).toMatchObject({ ok: false });
      expect(await call(instance, 'write', { path: '/tmp/x' })).toMatchObject({ ok: true });
      expect(await call(instance, 'fill', { mb: '16' })).toMatchObject({ ok: false, code: 'ENOSPC' });
    });

    test('it cannot have more processes than it may', async () => {
      const { answer } = await call(instance, 'spawn', { count: '60' });
      expect(answer['started']).toBeLessThan(40);
    });

    test('more memory than its limit kills it, without swap, and the reason is known', async () => {
      const greedy = await begin({ memoryMb: 64 });
      await call(greedy, '');
      await call(greedy, 'eat', { mb: '200' }).catch(() => undefined);
      await settled(async () => (await host.exits(greedy.id)).restarts >= 1);
      expect(await host.exits(greedy.id)).toMatchObject({ outOfMemory: true, exitCode: 137 });
      await settled(async () => (await find(host, greedy.id)).status === 'running');
      expect(await host.exits(greedy.id)).toMatchObject({ outOfMemory: true, exitCode: 137 });
      await host.remove(greedy.id, { graceMs: 0 });
    });

    test('instances of two projects cannot reach each other, those of one project can', async () => {
      const [stranger, sibling] = await Promise.all([begin({ project: 'other' }), begin()]);
      await Promise.all([call(stranger, ''), call(sibling, '')]);
      const reach = async (to: HostInstance) =>
        (await call(instance, 'connect', { host: to.address!, port: '8080' })).answer['reached'];
      expect(await reach(stranger)).toBe(false);
      expect(await reach(sibling)).toBe(true);
    });

    test('one of a pool is confined in the same way, and becomes an instance of its project by its name', async () => {
      const pool = host.pool!;
      const spec = testSpec({ imageId: setting.imageId, memoryMb: 96, cpus: 0.5, pids: 40, tmpMb: 8 });
      const { project, imageId, port, memoryMb, cpus, pids, tmpMb } = spec;
      const signal = deadline(60_000);
      const id = await pool.start(
        { runtime: 'node', project, imageId, port, memoryMb, cpus, pids, tmpMb },
        'i0',
        signal,
      );
      const [pooled] = await pool.list();
      expect(pooled).toMatchObject({
        id,
        status: 'running',
        labels: { project, runtime: 'node', instance: 'i0', claim: { memoryMb: 96, cpus: 0.5, pids: 40 } },
      });
      expect((await host.list()).map((one) => one.id)).not.toContain(id);
      await expect(host.exits(id)).rejects.toMatchObject({ code: 'not_found' });
      const [own, other] = await Promise.all(
        [id, instance.id].map(async (one) => (await docker.getContainer(one).inspect()).HostConfig),
      );
      const { Tmpfs, RestartPolicy, ...confinement } = own!;
      expect({ ...other, ...confinement }).toEqual(other);
      expect(Tmpfs).toMatchObject({ ...other!.Tmpfs, '/app': expect.stringContaining('uid=65532') });
      expect(RestartPolicy!.Name).toBe('no');

      await expect(pool.assign(id, { ...spec, project: 'other' }, 'i9')).rejects.toMatchObject({
        code: 'not_found',
      });
      await pool.assign(id, { ...spec, functionId: 'f9', function: 'late', version: 7 }, 'i9');
      expect(await pool.list()).toEqual([]);
      const [assigned] = await host.list({ functionId: 'f9' });
      expect(assigned).toMatchObject({
        id,
        fromPool: true,
        labels: { function: 'late', version: 7, instance: 'i9' },
      });
      await expect(pool.assign(id, { ...spec, functionId: 'f8' }, 'i8')).rejects.toMatchObject({
        code: 'not_found',
      });
      await pool.remove(id);
      expect(await host.list({ functionId: 'f9' })).toHaveLength(1);
      await host.remove(id, { graceMs: 0 });
      expect(await host.list({ functionId: 'f9' })).toEqual([]);
    });
  });

  test('an engine that is not there is unavailable, with what to do, and info does not throw', async () => {
    const dockerHost = 'unix:///tmp/no-such-engine.sock';
    const host = createDockerInstanceHost({
      docker: connectDocker(dockerHost),
      namespace: 'plat-test',
      dockerHost,
    });
    const asks = [
      () => host.list(),
      () => host.start(testSpec({ imageId: 'x' })),
      () => host.exits('x'),
      () => host.listProjects(),
    ];
    for (const ask of asks)
      await expect(ask()).rejects.toMatchObject({
        code: 'unavailable',
        details: { reason: 'engine_unavailable' },
      });
    const watching = host.watch({
      signal: AbortSignal.timeout(5000),
      onOpen: () => undefined,
      onEvent: () => undefined,
    });
    await expect(watching).rejects.toMatchObject({ code: 'unavailable' });
    expect(await host.info()).toMatchObject({
      available: false,
      problem: expect.stringContaining(dockerHost),
    });
  });
});
