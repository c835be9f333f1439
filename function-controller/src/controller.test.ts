import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ControllerClient } from '@plat/platform-kit/clients/controller-client.ts';
import type { PlatformError } from '@plat/platform-kit/errors.ts';
import type { Running } from '@plat/platform-kit/http-server.ts';
import { silentLogger } from '@plat/platform-kit/logging.ts';
import { readEvents } from '@plat/platform-kit/sse.ts';
import { poll } from '@plat/platform-kit/waiting.ts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readConfig } from './config.ts';
import { FakeInstanceHost } from './fake-instance-host.ts';
import { FakeMetadata, FakeProxy, INTERNAL_TOKEN, serve } from './fake-platform.ts';
import { start } from './start.ts';
import { alias, functionRecord, versionRecord } from './test-records.ts';

let folder: string;
let host: FakeInstanceHost;
let metadata: FakeMetadata;
let proxy: FakeProxy;
let client: ControllerClient;
let controller: Running;
const servers: Running[] = [];

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'plat-controller-'));
  host = new FakeInstanceHost();
  metadata = new FakeMetadata();
  proxy = new FakeProxy(host);
  servers.push(
    await serve('metadata-service', metadata.router(), `${folder}/metadata.sock`),
    await serve('function-proxy', proxy.router(), `${folder}/proxy.sock`),
  );
  client = new ControllerClient({ url: `unix:${folder}/controller.sock`, internalToken: INTERNAL_TOKEN });
});

afterEach(async () => {
  await controller.close();
  await client.close();
  for (const server of servers.splice(0)) await server.close();
  await rm(folder, { recursive: true });
});

async function open(env: Record<string, string> = {}): Promise<void> {
  const config = readConfig({
    CONTROLLER_LISTEN: `unix:${folder}/controller.sock`,
    METADATA_URL: `unix:${folder}/metadata.sock`,
    PROXY_URL: `unix:${folder}/proxy.sock`,
    INTERNAL_TOKEN,
    DATA_DIR: `${folder}/data`,
    RESYNC_SECONDS: '1',
    DRAIN_TIMEOUT_SECONDS: '7',
    ...env,
  });
  controller = await start(config, { host, logger: silentLogger() });
}

async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const seen = await poll(async () => ((await isSo()) ? true : undefined), {
    intervalMs: 10,
    timeoutMs: 8000,
  });
  if (!seen) throw new Error(`It did not come to this: ${what}`);
}

/** For what must not happen: a resync goes by. */
const aWhile = () => new Promise((resolve) => setTimeout(resolve, 1300));

async function deployed(number: number, over: Parameters<typeof versionRecord>[0] = {}): Promise<void> {
  metadata.deploy(number, over);
  await until(
    `version ${number} is ready`,
    () => metadata.version(number, over.functionId).state === 'ready',
  );
}

const failure = (call: Promise<unknown>): Promise<PlatformError> =>
  call.then(
    () => Promise.reject(new Error('It succeeded.')),
    (error: unknown) => error as PlatformError,
  );

describe('a deploy', () => {
  test('starts an instance, marks the version ready once it is, and keeps the instance for the alias', async () => {
    await open();
    await deployed(1);
    expect(host.started).toEqual([1]);
    await aWhile();
    expect(host.running(1)).toHaveLength(1);
    expect(host.started).toEqual([1]);
  });

  test('retires the old version only after the switch, and drains it with a feed position that knows the switch', async () => {
    await open();
    await deployed(1);
    const [old] = host.running(1);
    await deployed(2);
    const switchedAt = metadata.seq;
    await until('the old one is gone', () => host.running(1).length === 0);
    expect(host.running(2)).toHaveLength(1);
    expect(proxy.drained).toHaveLength(1);
    expect(proxy.drained[0]).toMatchObject({ instanceId: old!.id, timeoutMs: 7000 });
    expect(proxy.drained[0]!.seq).toBeGreaterThanOrEqual(switchedAt);
  });

  test('fails when the code cannot be loaded, with the reason and the last lines, and the old version goes on', async () => {
    await open();
    await deployed(1);
    host.behaviour = (version) => (version === 2 ? { is: 'failed', reason: 'Cannot find module "x"' } : { is: 'ready' }); // prettier-ignore
    metadata.deploy(2);
    await until('version 2 failed', () => metadata.version(2).state === 'failed');
    expect(metadata.version(2).error).toEqual({
      code: 'function_failed', phase: 'starting', message: 'Cannot find module "x"', logTail: ['hello from v2'],
    }); // prettier-ignore
    await until('the broken one is gone', () => host.running(2).length === 0);
    expect(host.running(1)).toHaveLength(1);
    expect(host.started).toEqual([1, 2]);
  });

  test('fails when the instance crashes while it boots', async () => {
    await open();
    host.behaviour = () => ({ is: 'crashing', exitCode: 3 });
    metadata.deploy(1);
    await until('version 1 failed', () => metadata.version(1).state === 'failed');
    expect(metadata.version(1).error).toMatchObject({ code: 'function_failed', message: 'The instance exited with code 3.' }); // prettier-ignore
    await until('it is gone', () => host.instances.size === 0);
  });

  test('fails when the instance never becomes ready', async () => {
    await open({ READY_TIMEOUT_SECONDS: '1' });
    host.behaviour = () => ({ is: 'silent' });
    metadata.deploy(1);
    await until('version 1 failed', () => metadata.version(1).state === 'failed');
    expect(metadata.version(1).error!.code).toBe('cold_start_timeout');
    await until('it is gone', () => host.instances.size === 0);
  });

  test('fails when the engine refuses to start it, and is not tried again', async () => {
    await open();
    host.startError = new Error('no space left on device');
    metadata.deploy(1);
    await until('version 1 failed', () => metadata.version(1).state === 'failed');
    expect(metadata.version(1).error).toMatchObject({ code: 'unavailable', message: 'The engine refused to start it: no space left on device' }); // prettier-ignore
  });

  test('waits for an engine that is away, and goes on when it is back', async () => {
    await open({ READY_TIMEOUT_SECONDS: '1' });
    host.goAway();
    metadata.deploy(1);
    await aWhile();
    expect(metadata.version(1).state).toBe('starting');
    host.comeBack();
    await until('version 1 is ready', () => metadata.version(1).state === 'ready');
  });

  test('two versions at once both get ready, and the aliased one stays', async () => {
    await open();
    metadata.deploy(1);
    metadata.deploy(2);
    await until('both are ready', () => [1, 2].every((number) => metadata.version(number).state === 'ready'));
    const [live] = metadata.functions.get('f1')!.aliases[0]!.weights;
    await until('only the live one is left', () => host.instances.size === 1 && host.running(live!.version).length === 1); // prettier-ignore
  });

  test('a rollback starts the old version before the new one goes', async () => {
    await open();
    await deployed(1);
    await deployed(2);
    await until('the old one is gone', () => host.running(1).length === 0);
    metadata.setLive('f1', 1);
    await until(
      'version 1 serves and 2 is gone',
      () => host.running(1).length === 1 && host.running(2).length === 0,
    );
    expect(host.started).toEqual([1, 2, 1]);
  });
});

describe('stop, start and delete', () => {
  test('a stopped function has no instances and is not woken; started again it is there', async () => {
    await open();
    await deployed(1);
    const record = metadata.functions.get('f1')!;
    metadata.put({ ...record, state: 'stopped' });
    await until('nothing runs', () => host.instances.size === 0);
    expect(await failure(client.wake('f1', 1, { timeoutMs: 1000 }))).toMatchObject({ code: 'conflict' });
    metadata.put({ ...record, state: 'active', updatedAt: new Date().toISOString() });
    await until('it runs', () => host.running(1).length === 1);
  });

  test('a wake that waits while its function is stopped is answered', async () => {
    await open();
    await deployed(1);
    host.behaviour = () => ({ is: 'silent' });
    host.instances.clear();
    const wake = client.wake('f1', 1, { timeoutMs: 60_000 });
    await until('it starts', () => host.running(1).length === 1);
    metadata.put({ ...metadata.functions.get('f1')!, state: 'stopped' });
    expect(await wake).toEqual({ outcome: 'failed', reason: 'The function was stopped.' });
  });

  test('deleting a function removes its instances, its logs, and the network of a project that is empty now', async () => {
    await open();
    await deployed(1);
    await deployed(1, { functionId: 'f2', function: 'other' });
    metadata.delete('f1');
    await until('its instances are gone', () =>
      host.running().every((one) => one.labels.functionId === 'f2'),
    );
    await aWhile();
    expect([...host.networks]).toEqual(['shop']);
    metadata.delete('f2');
    await until('the network is gone', () => host.networks.size === 0);
    await until('the logs are gone', async () => (await lines('f1')).length === 0);
  });

  test('the logs of a function that was deleted while the controller was away go with the next start', async () => {
    await open();
    await deployed(1);
    await deployed(2);
    await until('version 1 is gone', () => host.running(1).length === 0);
    expect((await lines('f1')).map((line) => line.text)).toEqual(['hello from v1', 'hello from v2']);
    await controller.close();
    metadata.delete('f1');
    host.instances.clear();
    await open();
    await until('the logs are gone', async () => (await lines('f1')).length === 0);
  });
});

describe('drift', () => {
  test.each(['removed', 'stopped by hand'])('an instance that was %s is replaced', async (what) => {
    await open();
    await deployed(1);
    const [instance] = host.running(1);
    if (what === 'removed') host.instances.delete(instance!.id);
    else instance!.status = 'exited';
    host.emit('f1', 'die');
    await until('another one runs', () => host.running(1).some((one) => one.id !== instance!.id));
    await until('only one is there', () => host.instances.size === 1);
  });

  test('an instance that was paused by hand is resumed', async () => {
    await open();
    await deployed(1);
    const [instance] = host.running(1);
    instance!.status = 'paused';
    host.emit('f1', 'pause');
    await until('it runs again', () => instance!.status === 'running');
    expect(host.started).toEqual([1]);
  });

  test('what nobody reported is found by the resync', async () => {
    await open();
    await deployed(1);
    host.instances.clear();
    await until('another one runs', () => host.running(1).length === 1);
  });

  test('an instance that crashed and comes back is waited for, not failed', async () => {
    await open();
    await deployed(1);
    const [instance] = host.running(1);
    await client.wake('f1', 1, { timeoutMs: 1000 });
    instance!.status = 'restarting';
    instance!.exits = { ...instance!.exits, restarts: 1, exitCode: 1 };
    const wake = client.wake('f1', 1, { timeoutMs: 5000 });
    setTimeout(() => (instance!.status = 'running'), 200);
    setTimeout(() => host.emit('f1', 'start'), 200);
    expect(await wake).toEqual({ outcome: 'ready' });
    expect(host.started).toEqual([1]);
  });

  test('the engine goes away and comes back: nothing is started twice', async () => {
    await open();
    await deployed(1);
    host.goAway();
    await aWhile();
    host.comeBack();
    expect(await client.wake('f1', 1, { timeoutMs: 8000 })).toEqual({ outcome: 'ready' });
    expect(host.started).toEqual([1]);
    expect(proxy.drained).toEqual([]);
  });

  test('what an interrupted start left is removed and replaced', async () => {
    await open();
    await deployed(1);
    host.running(1)[0]!.status = 'created';
    host.emit('f1', 'create');
    await until('one runs', () => host.running(1).length === 1 && host.instances.size === 1);
    expect(host.started).toEqual([1, 1]);
  });

  test('an instance that the engine does not want to remove stays out of service and is removed in the end', async () => {
    await open();
    await deployed(1);
    const [instance] = host.running(1);
    host.removeError = new Error('device busy');
    await client.replaceInstance(instance!.id, { reason: 'it hangs' });
    await until('another one runs', () => host.running(1).length === 2);
    await aWhile();
    expect(host.started).toEqual([1, 1]);
    host.removeError = undefined;
    await until('the old one is gone', () => !host.instances.has(instance!.id));
    expect(proxy.drained).toHaveLength(1);
  });
});

describe('wake and sleep', () => {
  const QUICK = { config: { scale: { min: 0, idleMs: 1000 } } };

  test('an idle function falls asleep, and fifty callers wake it with one start', async () => {
    await open();
    await deployed(1, QUICK);
    await until('it sleeps', () => host.instances.size === 0);
    expect(proxy.drained).toHaveLength(1);
    const wakes = await Promise.all(
      Array.from({ length: 50 }, () => client.wake('f1', 1, { timeoutMs: 5000 })),
    );
    expect(new Set(wakes.map((wake) => wake.outcome))).toEqual(new Set(['ready']));
    expect(host.started).toEqual([1, 1]);
  });

  test('a function that is called right now does not fall asleep, whatever the last report said', async () => {
    await open();
    await deployed(1, QUICK);
    proxy.load = [{ functionId: 'f1', version: 1, inFlight: 1, waiting: 0, lastRequestAt: null }];
    await aWhile();
    expect(host.running(1)).toHaveLength(1);
    proxy.load = [];
    await until('it sleeps', () => host.instances.size === 0);
  });

  test('nothing falls asleep while the proxy is away', async () => {
    await open();
    await deployed(1, QUICK);
    proxy.isAway = true;
    await aWhile();
    expect(host.running(1)).toHaveLength(1);
  });

  test('a function with scale.min never sleeps', async () => {
    await open();
    await deployed(1, { config: { scale: { min: 2, idleMs: 1000 } } });
    await aWhile();
    expect(host.running(1)).toHaveLength(2);
  });

  test('a wake fails with the reason when the instance cannot load, at once for the next caller too', async () => {
    await open();
    await deployed(1, QUICK);
    await until('it sleeps', () => host.instances.size === 0);
    host.behaviour = () => ({ is: 'failed', reason: 'Cannot find module "x"' });
    const outcome = { outcome: 'failed', reason: 'Cannot find module "x"' };
    expect(await client.wake('f1', 1, { timeoutMs: 5000 })).toEqual(outcome);
    host.behaviour = () => ({ is: 'ready' });
    await until(
      'it recovers',
      async () => (await client.wake('f1', 1, { timeoutMs: 5000 })).outcome === 'ready',
    );
  });

  test('a wake fails with the crash, and times out when nothing can be said', async () => {
    await open();
    await deployed(1, QUICK);
    await until('it sleeps', () => host.instances.size === 0);
    host.behaviour = () => ({ is: 'silent' });
    expect(await client.wake('f1', 1, { timeoutMs: 100 })).toEqual({ outcome: 'timeout' });
    await until('it sleeps', () => host.instances.size === 0);
    host.behaviour = () => ({ is: 'crashing', exitCode: 1 });
    expect(await client.wake('f1', 1, { timeoutMs: 5000 })).toEqual({
      outcome: 'failed',
      reason: 'The instance exited with code 1.',
    });
  });

  test('an instance that hangs while it starts is replaced', async () => {
    await open({ READY_TIMEOUT_SECONDS: '1' });
    await deployed(1);
    host.instances.clear();
    host.behaviour = () => ({ is: 'silent' });
    const wake = client.wake('f1', 1, { timeoutMs: 8000 });
    expect(await wake).toMatchObject({
      outcome: 'failed',
      reason: expect.stringContaining('does not become ready'),
    });
    await until('another one is started', () => host.started.length === 3 && host.instances.size === 1);
  });

  test('a version without an alias is woken when it is called by number, and sleeps again', async () => {
    await open();
    await deployed(1, QUICK);
    await deployed(2);
    await until('version 1 is gone', () => host.running(1).length === 0);
    expect(await client.wake('f1', 1, { timeoutMs: 5000 })).toEqual({ outcome: 'ready' });
    expect(
      host
        .running()
        .map((one) => one.labels.version)
        .sort(),
    ).toEqual([1, 2]);
    await until('version 1 sleeps', () => host.running(1).length === 0);
    expect(host.running(2)).toHaveLength(1);
  });

  test('a version that an alias gives no weight is woken all the same', async () => {
    await open();
    const one = versionRecord();
    metadata.versions.set('f1/1', one);
    metadata.put(functionRecord({ versions: [one], aliases: [alias('canary', [1, 0])] }));
    await until('it is known', async () => (await failure(client.wake('f1', 9, { timeoutMs: 1 }))).message === 'There is no such version.'); // prettier-ignore
    expect(await client.wake('f1', 1, { timeoutMs: 5000 })).toEqual({ outcome: 'ready' });
  });

  test('a wake of what does not exist, or is not ready, is refused', async () => {
    await open();
    await deployed(1);
    expect(await failure(client.wake('nope', 1, { timeoutMs: 100 }))).toMatchObject({ code: 'not_found' });
    expect(await failure(client.wake('f1', 9, { timeoutMs: 100 }))).toMatchObject({ code: 'not_found' });
    metadata.versions.set('f1/3', versionRecord({ number: 3, state: 'failed' }));
    expect(await failure(client.wake('f1', 3, { timeoutMs: 100 }))).toMatchObject({ code: 'conflict' });
  });

  test('close answers those who wait for a wake', async () => {
    await open();
    await deployed(1, QUICK);
    await until('it sleeps', () => host.instances.size === 0);
    host.behaviour = () => ({ is: 'silent' });
    const wake = failure(client.wake('f1', 1, { timeoutMs: 60_000 }));
    await until('it starts', () => host.running(1).length === 1);
    const startedAt = performance.now();
    await controller.close();
    expect(await wake).toMatchObject({ code: 'unavailable' });
    expect(performance.now() - startedAt).toBeLessThan(3000);
  });
});

describe('replaceInstance', () => {
  test('takes the instance out and puts another in its place', async () => {
    await open();
    await deployed(1);
    const [instance] = host.running(1);
    await client.replaceInstance(instance!.id, { reason: 'it hangs' });
    await client.replaceInstance(instance!.id, { reason: 'it hangs' });
    await until(
      'another one runs alone',
      () => host.instances.size === 1 && !host.instances.has(instance!.id),
    );
    expect(host.started).toEqual([1, 1]);
    expect(proxy.drained).toMatchObject([{ instanceId: instance!.id, timeoutMs: 0 }]);
  });

  test('does nothing for an instance that is gone or was never there', async () => {
    await open();
    await deployed(1);
    await client.replaceInstance('nobody', { reason: 'x' });
    await aWhile();
    expect(host.started).toEqual([1]);
  });
});

describe('restarts', () => {
  test('a controller that starts finds what runs and starts nothing twice', async () => {
    await open();
    await deployed(1, { config: { scale: { min: 2, idleMs: 1000 } } });
    await controller.close();
    expect(host.running(1)).toHaveLength(2);
    await open();
    await aWhile();
    expect(host.started).toEqual([1, 1]);
    expect(host.removed).toEqual([]);
  });

  test('a deploy goes on where it was', async () => {
    await open();
    host.behaviour = () => ({ is: 'silent' });
    metadata.deploy(1);
    await until('it starts', () => host.running(1).length === 1);
    await controller.close();
    host.behaviour = () => ({ is: 'ready' });
    await open();
    await until('version 1 is ready', () => metadata.version(1).state === 'ready');
    expect(host.started).toEqual([1]);
  });

  test('with the metadata service away the snapshot restores what ran, and nothing unknown is removed', async () => {
    await open();
    await deployed(1, { config: { scale: { min: 1, idleMs: 1000 } } });
    await deployed(1, { functionId: 'f2', function: 'sleepy', config: { scale: { min: 0, idleMs: 1000 } } });
    await controller.close();
    const snapshot = JSON.parse(await readFile(`${folder}/data/functions.json`, 'utf8')) as {
      functions: unknown[];
    };
    expect(snapshot.functions).toHaveLength(2);
    metadata.goAway();
    host.instances.clear();
    const unknown = [
      await host.start({ ...versionSpec, functionId: 'unknown', version: 1 }),
      await host.start({ ...versionSpec, functionId: 'f1', version: 99 }),
    ];
    host.started.length = 0;
    await open();
    await until('f1 runs', () => host.running(1).some((one) => one.labels.functionId === 'f1'));
    expect(await client.wake('f2', 1, { timeoutMs: 5000 })).toEqual({ outcome: 'ready' });
    expect(await failure(client.wake('f3', 1, { timeoutMs: 100 }))).toMatchObject({ code: 'unavailable' });
    await aWhile();
    expect(unknown.every((id) => host.instances.has(id))).toBe(true);
    metadata.isAway = false;
    await until('what is unknown is gone', () => host.running().every((one) => one.labels.version === 1 && one.labels.functionId !== 'unknown')); // prettier-ignore
    expect(host.running(1).map((one) => one.labels.functionId)).toContain('f1');
  });
});

describe('routes', () => {
  test('GET /instances describes what runs', async () => {
    await open();
    await deployed(1);
    await deployed(1, { functionId: 'f2', function: 'other', project: 'club' });
    const { items } = await client.listInstances({ project: 'shop', stats: true });
    expect(items).toMatchObject([
      { functionId: 'f1', version: 1, status: 'running', readiness: 'ready', stats: { memoryBytes: 2 } },
    ]);
    expect((await client.listInstances()).items).toHaveLength(2);
    proxy.isAway = true;
    expect((await client.listInstances({ functionId: 'f2' })).items).toMatchObject([{ readiness: 'unknown', stats: null }]); // prettier-ignore
    host.goAway();
    expect(await failure(client.listInstances())).toMatchObject({ code: 'unavailable' });
  });

  test('GET /engine says whether the engine answers', async () => {
    await open();
    await deployed(1);
    expect(await client.engine()).toEqual({ engine: 'fake', available: true, version: '1', problem: null, instances: 1 }); // prettier-ignore
    host.goAway();
    expect(await client.engine()).toMatchObject({ available: false, problem: 'It is away.', instances: 0 });
  });

  test('logs are read, and followed over a replacement without losing or repeating a line, until the service closes', async () => {
    await open();
    await deployed(1);
    const [first] = host.running(1);
    const stream = await client.logs('f1', { follow: true });
    const seen: string[] = [];
    const reading = (async () => {
      for await (const event of readEvents(stream)) if (event.event === 'line') seen.push((event.data as { text: string }).text); // prettier-ignore
    })().catch(() => undefined);
    await until('the first line came', () => seen.length === 1);
    for (let i = 0; i < 20; i++) host.print(first!.id, `line ${i}`);
    await until('the lines came', () => seen.length === 21);
    await client.replaceInstance(first!.id, { reason: 'x' });
    await until('the line of the second came', () => seen.length === 22);
    expect(seen).toEqual([
      'hello from v1',
      ...Array.from({ length: 20 }, (_, i) => `line ${i}`),
      'hello from v1',
    ]);
    expect((await lines('f1')).map((line) => line.text)).toEqual(seen);
    await controller.close();
    await reading;
  });

  test('wrong queries and bodies are refused', async () => {
    await open();
    expect(await failure(client.wake('f1', NaN, { timeoutMs: 100 }))).toMatchObject({ code: 'invalid' });
    expect(await failure(client.wake('f1', 1, { timeoutMs: 0 }))).toMatchObject({ code: 'invalid' });
    expect(await failure(client.logs('f1', { since: 'yesterday' }))).toMatchObject({ code: 'invalid' });
    expect(await failure(client.logs('../..', {}))).toMatchObject({ code: 'not_found' });
  });
});

const versionSpec = { project: 'shop', function: 'hello', imageId: 'x', port: 8080, env: {}, memoryMb: 1, cpus: 1, pids: 1, tmpMb: 1 }; // prettier-ignore

async function lines(functionId: string): Promise<{ text: string }[]> {
  const read: { text: string }[] = [];
  for await (const event of readEvents(await client.logs(functionId, {})))
    if (event.event === 'line') read.push(event.data as { text: string });
  return read;
}
