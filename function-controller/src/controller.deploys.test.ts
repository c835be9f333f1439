import { describe, expect, test } from 'vitest';
import { aWhile, failure, until, useController } from './testing/controller-harness.ts';

const at = useController();

describe('a deploy', () => {
  test('starts an instance, marks the version ready once it is, and keeps the instance for the alias', async () => {
    await at.open();
    await at.deployed(1);
    expect(at.host.started).toEqual([1]);
    await aWhile();
    expect(at.host.running(1)).toHaveLength(1);
    expect(at.host.started).toEqual([1]);
  });

  test('retires the old version only after the switch, and drains it with a feed position that knows the switch', async () => {
    await at.open();
    await at.deployed(1);
    const [old] = at.host.running(1);
    await at.deployed(2);
    const switchedAt = at.metadata.seq;
    await until('the old one is gone', () => at.host.running(1).length === 0);
    expect(at.host.running(2)).toHaveLength(1);
    expect(at.proxy.drained).toHaveLength(1);
    expect(at.proxy.drained[0]).toMatchObject({ instanceId: old!.id, timeoutMs: 7000 });
    // The proxy ends them by their function's own timeout.
    expect(at.proxy.drained[0]!.callsTimeoutMs).toBe(900_000);
    expect(at.proxy.drained[0]!.seq).toBeGreaterThanOrEqual(switchedAt);
  });

  test('fails when the code cannot be loaded, with the reason and the last lines, and the old version goes on', async () => {
    await at.open();
    await at.deployed(1);
    at.host.behaviour = (version) => (version === 2 ? { is: 'failed', reason: 'Cannot find module "x"' } : { is: 'ready' }); // prettier-ignore
    at.metadata.deploy(2);
    await until('version 2 failed', () => at.metadata.version(2).state === 'failed');
    expect(at.metadata.version(2).error).toEqual({
      code: 'function_failed', phase: 'starting', message: 'Cannot find module "x"', logTail: ['hello from v2'],
    }); // prettier-ignore
    await until('the broken one is gone', () => at.host.running(2).length === 0);
    expect(at.host.running(1)).toHaveLength(1);
    expect(at.host.started).toEqual([1, 2]);
  });

  test('fails when the instance crashes while it boots', async () => {
    await at.open();
    at.host.behaviour = () => ({ is: 'crashing', exitCode: 3 });
    at.metadata.deploy(1);
    await until('version 1 failed', () => at.metadata.version(1).state === 'failed');
    expect(at.metadata.version(1).error).toMatchObject({ code: 'function_failed', message: 'The instance exited with code 3.' }); // prettier-ignore
    await until('it is gone', () => at.host.instances.size === 0);
  });

  test('fails when the instance never becomes ready', async () => {
    await at.open({ READY_TIMEOUT_SECONDS: '1' });
    at.host.behaviour = () => ({ is: 'silent' });
    at.metadata.deploy(1);
    await until('version 1 failed', () => at.metadata.version(1).state === 'failed');
    expect(at.metadata.version(1).error!.code).toBe('cold_start_timeout');
    await until('it is gone', () => at.host.instances.size === 0);
  });

  test('fails when the engine refuses to start it, and is not tried again', async () => {
    await at.open();
    at.host.startError = new Error('no space left on device');
    at.metadata.deploy(1);
    await until('version 1 failed', () => at.metadata.version(1).state === 'failed');
    expect(at.metadata.version(1).error).toMatchObject({ code: 'unavailable', message: 'The engine refused to start it: no space left on device' }); // prettier-ignore
  });

  test('waits for an engine that is away, and goes on when it is back', async () => {
    await at.open({ READY_TIMEOUT_SECONDS: '1' });
    at.host.goAway();
    at.metadata.deploy(1);
    await aWhile();
    expect(at.metadata.version(1).state).toBe('starting');
    at.host.comeBack();
    await until('version 1 is ready', () => at.metadata.version(1).state === 'ready');
  });

  test('two versions at once both get ready, and the aliased one stays', async () => {
    await at.open();
    at.metadata.deploy(1);
    at.metadata.deploy(2);
    await until('both are ready', () =>
      [1, 2].every((number) => at.metadata.version(number).state === 'ready'),
    );
    const [live] = at.metadata.functions.get('f1')!.aliases[0]!.weights;
    await until('only the live one is left', () => at.host.instances.size === 1 && at.host.running(live!.version).length === 1); // prettier-ignore
  });

  test('a rollback starts the old version before the new one goes', async () => {
    await at.open();
    await at.deployed(1);
    await at.deployed(2);
    await until('the old one is gone', () => at.host.running(1).length === 0);
    at.metadata.setLive('f1', 1);
    await until(
      'version 1 serves and 2 is gone',
      () => at.host.running(1).length === 1 && at.host.running(2).length === 0,
    );
    expect(at.host.started).toEqual([1, 2, 1]);
  });
});

describe('stop, start and delete', () => {
  test('a stopped function has no instances and is not woken; started again it is there', async () => {
    await at.open();
    await at.deployed(1);
    const record = at.metadata.functions.get('f1')!;
    at.metadata.put({ ...record, state: 'stopped' });
    await until('nothing runs', () => at.host.instances.size === 0);
    expect(await failure(at.client.wake('f1', 1, { timeoutMs: 1000 }))).toMatchObject({ code: 'conflict' });
    at.metadata.put({ ...record, state: 'active', updatedAt: new Date().toISOString() });
    await until('it runs', () => at.host.running(1).length === 1);
  });

  test('a wake that waits while its function is stopped is answered', async () => {
    await at.open();
    await at.deployed(1);
    at.host.behaviour = () => ({ is: 'silent' });
    at.host.instances.clear();
    const wake = at.client.wake('f1', 1, { timeoutMs: 60_000 });
    await until('it starts', () => at.host.running(1).length === 1);
    at.metadata.put({ ...at.metadata.functions.get('f1')!, state: 'stopped' });
    expect(await wake).toEqual({ outcome: 'failed', reason: 'The function was stopped.' });
  });

  test('deleting a function removes its instances, its logs, and the network of a project that is empty now', async () => {
    await at.open();
    await at.deployed(1);
    await at.deployed(1, { functionId: 'f2', function: 'other' });
    at.metadata.delete('f1');
    await until('its instances are gone', () =>
      at.host.running().every((one) => one.labels.functionId === 'f2'),
    );
    await aWhile();
    expect([...at.host.networks]).toEqual(['shop']);
    at.metadata.delete('f2');
    await until('the network is gone', () => at.host.networks.size === 0);
    await until('the logs are gone', async () => (await at.lines('f1')).length === 0);
  });

  test('the logs of a function that was deleted while the controller was away go with the next start', async () => {
    await at.open();
    await at.deployed(1);
    await at.deployed(2);
    await until('version 1 is gone', () => at.host.running(1).length === 0);
    expect((await at.lines('f1')).map((line) => line.text)).toEqual(['hello from v1', 'hello from v2']);
    await at.close();
    at.metadata.delete('f1');
    at.host.instances.clear();
    await at.open();
    await until('the logs are gone', async () => (await at.lines('f1')).length === 0);
  });
});
