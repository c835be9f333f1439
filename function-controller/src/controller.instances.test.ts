import { readFile, writeFile } from 'node:fs/promises';
import type { PlatformError } from '@plat/platform-kit/errors.ts';
import { readEvents } from '@plat/platform-kit/sse.ts';
import { describe, expect, test } from 'vitest';
import { aWhile, failure, until, useController } from './testing/controller-harness.ts';

const at = useController();
const versionSpec = { project: 'shop', function: 'hello', imageId: 'x', port: 8080, env: {}, memoryMb: 1, cpus: 1, pids: 1, tmpMb: 1 }; // prettier-ignore

describe('drift', () => {
  test.each(['removed', 'broken'])('an instance that was %s is replaced', async (what) => {
    await at.open();
    await at.deployed(1);
    const [instance] = at.host.running(1);
    if (what === 'removed') at.host.instances.delete(instance!.id);
    else instance!.status = 'dead';
    at.host.emit('f1', 'die');
    await until('another one runs', () => at.host.running(1).some((one) => one.id !== instance!.id));
    await until('only one is there', () => at.host.instances.size === 1);
  });

  test('an instance that was stopped by hand and cannot be started again is replaced', async () => {
    await at.open();
    await at.deployed(1);
    const [instance] = at.host.running(1);
    at.host.resumeError = new Error('no such network');
    instance!.status = 'exited';
    at.host.emit('f1', 'die');
    await until('another one runs', () => at.host.running(1).some((one) => one.id !== instance!.id));
    await until('only one is there', () => at.host.instances.size === 1);
  });

  test.each(['paused', 'exited'] as const)('an instance that is %s by hand goes on', async (status) => {
    await at.open();
    await at.deployed(1);
    const [instance] = at.host.running(1);
    instance!.status = status;
    at.host.emit('f1', 'pause');
    await until('it runs again', () => instance!.status === 'running');
    expect(at.host.started).toEqual([1]);
  });

  test('what nobody reported is found by the resync', async () => {
    await at.open();
    await at.deployed(1);
    at.host.instances.clear();
    await until('another one runs', () => at.host.running(1).length === 1);
  });

  test('an instance that crashed and comes back is waited for, not failed', async () => {
    await at.open();
    await at.deployed(1);
    const [instance] = at.host.running(1);
    await at.client.wake('f1', 1, { timeoutMs: 1000 });
    instance!.status = 'restarting';
    instance!.exits = { ...instance!.exits, restarts: 1, exitCode: 1 };
    const wake = at.client.wake('f1', 1, { timeoutMs: 5000 });
    setTimeout(() => (instance!.status = 'running'), 200);
    setTimeout(() => at.host.emit('f1', 'start'), 200);
    expect(await wake).toEqual({ outcome: 'ready' });
    expect(at.host.started).toEqual([1]);
  });

  test('the engine goes away and comes back: nothing is started twice', async () => {
    await at.open();
    await at.deployed(1);
    at.host.goAway();
    await aWhile();
    at.host.comeBack();
    expect(await at.client.wake('f1', 1, { timeoutMs: 8000 })).toEqual({ outcome: 'ready' });
    expect(at.host.started).toEqual([1]);
    expect(at.proxy.drained).toEqual([]);
  });

  test('what an interrupted start left is removed and replaced', async () => {
    await at.open();
    await at.deployed(1);
    at.host.running(1)[0]!.status = 'created';
    at.host.emit('f1', 'create');
    await until('one runs', () => at.host.running(1).length === 1 && at.host.instances.size === 1);
    expect(at.host.started).toEqual([1, 1]);
  });

  test('an instance that the engine does not want to remove stays out of service and is removed in the end', async () => {
    await at.open();
    await at.deployed(1);
    const [instance] = at.host.running(1);
    at.host.removeError = new Error('device busy');
    await at.client.replaceInstance(instance!.id, { reason: 'it hangs' });
    await until('another one runs', () => at.host.running(1).length === 2);
    await aWhile();
    expect(at.host.started).toEqual([1, 1]);
    at.host.removeError = undefined;
    await until('the old one is gone', () => !at.host.instances.has(instance!.id));
    expect(at.proxy.drained).toHaveLength(1);
  });
});

describe('replaceInstance', () => {
  test('takes the instance out and puts another in its place', async () => {
    await at.open();
    await at.deployed(1);
    const [instance] = at.host.running(1);
    await at.client.replaceInstance(instance!.id, { reason: 'it hangs' });
    await at.client.replaceInstance(instance!.id, { reason: 'it hangs' });
    await until(
      'another one runs alone',
      () => at.host.instances.size === 1 && !at.host.instances.has(instance!.id),
    );
    expect(at.host.started).toEqual([1, 1]);
    expect(at.proxy.drained).toMatchObject([{ instanceId: instance!.id, timeoutMs: 0 }]);
  });

  test('does nothing for an instance that is gone or was never there', async () => {
    await at.open();
    await at.deployed(1);
    await at.client.replaceInstance('nobody', { reason: 'x' });
    await aWhile();
    expect(at.host.started).toEqual([1]);
  });
});

describe('restarts', () => {
  test('a controller that starts finds what runs and starts nothing twice', async () => {
    await at.open();
    await at.deployed(1, { config: { scale: { min: 2, idleMs: 1000 } } });
    await at.close();
    expect(at.host.running(1)).toHaveLength(2);
    await at.open();
    await aWhile();
    expect(at.host.started).toEqual([1, 1]);
    expect(at.host.removed).toEqual([]);
  });

  test('a deploy goes on where it was', async () => {
    await at.open();
    at.host.behaviour = () => ({ is: 'silent' });
    at.metadata.deploy(1);
    await until('it starts', () => at.host.running(1).length === 1);
    await at.close();
    at.host.behaviour = () => ({ is: 'ready' });
    await at.open();
    await until('version 1 is ready', () => at.metadata.version(1).state === 'ready');
    expect(at.host.started).toEqual([1]);
  });

  test('with the metadata service away the snapshot restores what ran, and nothing unknown is removed', async () => {
    await at.open();
    await at.deployed(1, { config: { scale: { min: 1, idleMs: 1000 } } });
    await at.deployed(1, {
      functionId: 'f2',
      function: 'sleepy',
      config: { scale: { min: 0, idleMs: 1000 } },
    });
    await at.close();
    const snapshot = JSON.parse(await readFile(`${at.folder}/data/functions.json`, 'utf8')) as {
      functions: unknown[];
    };
    expect(snapshot.functions).toHaveLength(2);
    at.metadata.goAway();
    at.host.instances.clear();
    const unknown = [
      await at.host.start({ ...versionSpec, functionId: 'unknown', version: 1 }),
      await at.host.start({ ...versionSpec, functionId: 'f1', version: 99 }),
    ];
    at.host.started.length = 0;
    await at.open();
    await until('f1 runs', () => at.host.running(1).some((one) => one.labels.functionId === 'f1'));
    expect(await at.client.wake('f2', 1, { timeoutMs: 5000 })).toEqual({ outcome: 'ready' });
    expect(await failure(at.client.wake('f3', 1, { timeoutMs: 100 }))).toMatchObject({ code: 'unavailable' });
    await aWhile();
    expect(unknown.every((id) => at.host.instances.has(id))).toBe(true);
    at.metadata.isAway = false;
    await until('what is unknown is gone', () => at.host.running().every((one) => one.labels.version === 1 && one.labels.functionId !== 'unknown')); // prettier-ignore
    expect(at.host.running(1).map((one) => one.labels.functionId)).toContain('f1');
  });

  test('a new record takes no instance of functions away that it does not know, over restarts, until it knows them', async () => {
    await at.open();
    await at.deployed(1, { config: { scale: { min: 1, idleMs: 1000 } } });
    const before = [...at.host.instances.keys()];
    const record = at.metadata.functions.get('f1')!;
    await at.close();
    at.metadata.functions.clear();
    at.metadata.seq = 1;
    for (const restart of [1, 2]) {
      await at.open();
      const isRead = () => at.client.wake('f1', 1, { timeoutMs: 100 }).then(() => false, (error: PlatformError) => error.code === 'not_found'); // prettier-ignore
      await until(`the record was read, start ${restart}`, isRead);
      await aWhile();
      expect([...at.host.instances.keys()]).toEqual(before);
      const check = (await at.client.upkeep.checks()).items.find(({ id }) => id === 'record.knows-functions');
      expect(check).toMatchObject({
        verdict: 'fail',
        evidence: expect.stringContaining('shop/hello') as string,
      });
      if (restart === 1) await at.close();
    }
    at.metadata.put(record);
    await until('it is known again', () => at.client.wake('f1', 1, { timeoutMs: 1000 }).then(() => true, () => false)); // prettier-ignore
    expect([...at.host.instances.keys()]).toEqual(before);
    at.metadata.delete('f1');
    await until('what was deleted is gone', () => at.host.instances.size === 0);
  });

  test('a damaged snapshot removes nothing while the metadata service is away, and is mended after', async () => {
    await at.open();
    await at.deployed(1, { config: { scale: { min: 1, idleMs: 1000 } } });
    await at.close();
    const file = `${at.folder}/data/functions.json`;
    await writeFile(file, (await readFile(file, 'utf8')).slice(0, -20));
    at.metadata.goAway();
    const before = [...at.host.instances.keys()];
    expect(before).toHaveLength(1);
    await at.open();
    expect(await failure(at.client.wake('f1', 1, { timeoutMs: 100 }))).toMatchObject({ code: 'unavailable' });
    await aWhile();
    expect([...at.host.instances.keys()]).toEqual(before);
    at.metadata.isAway = false;
    const wakes = () => at.client.wake('f1', 1, { timeoutMs: 1000 }).then(() => true, () => false); // prettier-ignore
    await until('it is known again', wakes);
    await until('the file is whole', () => isJson(file));
    expect([...at.host.instances.keys()]).toEqual(before);
  });
});

async function isJson(file: string): Promise<boolean> {
  try {
    JSON.parse(await readFile(file, 'utf8'));
    return true;
  } catch {
    return false;
  }
}

describe('routes', () => {
  test('GET /instances describes what runs', async () => {
    await at.open();
    await at.deployed(1);
    await at.deployed(1, { functionId: 'f2', function: 'other', project: 'club' });
    const { items } = await at.client.listInstances({ project: 'shop', stats: true });
    expect(items).toMatchObject([
      {
        functionId: 'f1',
        version: 1,
        status: 'running',
        readiness: 'ready',
        rung: 'hot',
        stats: { memoryBytes: 2 },
      },
    ]);
    expect((await at.client.listInstances()).items).toHaveLength(2);
    at.proxy.isAway = true;
    expect((await at.client.listInstances({ functionId: 'f2' })).items).toMatchObject([{ readiness: 'unknown', stats: null }]); // prettier-ignore
    at.host.goAway();
    expect(await failure(at.client.listInstances())).toMatchObject({ code: 'unavailable' });
  });

  test('GET /engine says whether the engine answers', async () => {
    await at.open();
    await at.deployed(1);
    expect(await at.client.engine()).toEqual({ engine: 'fake', available: true, version: '1', problem: null, instances: 1 }); // prettier-ignore
    at.host.goAway();
    expect(await at.client.engine()).toMatchObject({
      available: false,
      problem: 'It is away.',
      instances: 0,
    });
  });

  test('logs are read, and followed over a replacement without losing or repeating a line, until the service closes', async () => {
    await at.open();
    await at.deployed(1);
    const [first] = at.host.running(1);
    const stream = await at.client.logs('f1', { follow: true });
    const seen: string[] = [];
    const reading = (async () => {
      for await (const event of readEvents(stream)) if (event.event === 'line') seen.push((event.data as { text: string }).text); // prettier-ignore
    })().catch(() => undefined);
    await until('the first line came', () => seen.length === 1);
    for (let i = 0; i < 20; i++) at.host.print(first!.id, `line ${i}`);
    await until('the lines came', () => seen.length === 21);
    await at.client.replaceInstance(first!.id, { reason: 'x' });
    await until('the line of the second came', () => seen.length === 22);
    expect(seen).toEqual([
      'hello from v1',
      ...Array.from({ length: 20 }, (_, i) => `line ${i}`),
      'hello from v1',
    ]);
    expect((await at.lines('f1')).map((line) => line.text)).toEqual(seen);
    await at.close();
    await reading;
  });

  test('wrong queries and bodies are refused', async () => {
    await at.open();
    expect(await failure(at.client.wake('f1', NaN, { timeoutMs: 100 }))).toMatchObject({ code: 'invalid' });
    expect(await failure(at.client.wake('f1', 1, { timeoutMs: 0 }))).toMatchObject({ code: 'invalid' });
    expect(await failure(at.client.logs('f1', { since: 'yesterday' }))).toMatchObject({ code: 'invalid' });
    expect(await failure(at.client.logs('../..', {}))).toMatchObject({ code: 'not_found' });
  });
});
