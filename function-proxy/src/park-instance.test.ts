import { afterEach, describe, expect, it } from 'vitest';
import { ProxyHarness, until } from './testing/proxy-harness.ts';
import { fakeFunction } from './testing/fake-records.ts';

let harness: ProxyHarness;
afterEach(() => harness.close());

const hello = fakeFunction({ name: 'hello', versions: [{ number: 1, concurrency: 2 }] });
const stateOf = async (id: string) =>
  (await harness.client.listReadiness()).items.find(({ instanceId }) => instanceId === id)?.readiness.state;

/** The engine's word for an instance that is known to the source already. */
function say(id: string, status: string): void {
  harness.source.put({ ...harness.source.instances.get(id)!, status }, 'changed');
}

describe('an instance at rest', () => {
  it('gets no calls once it is parked, and is not parked while it has one', async () => {
    harness = await ProxyHarness.start([hello]);
    let answer: (() => void) | undefined;
    await harness.addInstance(hello, { id: 'one', behaviour: (_req, res) => (answer = () => res.end('ok')) });
    const call = harness.call('/hello');
    await until(() => answer !== undefined);
    expect(await harness.client.park('one')).toEqual({ parked: false });
    answer!();
    expect((await call).status).toBe(200);
    expect(await harness.client.park('one')).toEqual({ parked: true });
    expect(await harness.client.park('one')).toEqual({ parked: false });
    expect(await harness.client.park('nobody')).toEqual({ parked: false });
    expect(await stateOf('one')).toBe('resting');
    const waiting = harness.call('/hello');
    await until(() => harness.controller.wakes.length === 1);
    expect(harness.controller.requests).toMatchObject([{ waiting: 1, paused: ['one'] }]);
    answer = undefined;
    await harness.client.unpark('one');
    await until(() => answer !== undefined);
    answer!();
    expect((await waiting).status).toBe(200);
  });

  it('goes on where it was as soon as the controller says so, without being probed or connected to anew', async () => {
    harness = await ProxyHarness.start([hello]);
    const instance = await harness.addInstance(hello, { id: 'one' });
    await harness.call('/hello');
    await harness.client.park('one');
    say('one', 'paused');
    await until(async () => (await stateOf('one')) === 'resting');
    const probes = instance.probes;
    harness.controller.onWake = async () => ({ outcome: 'ready', resumed: ['one'] });
    const replies = await Promise.all([1, 2, 3, 4].map(() => harness.call('/hello')));
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(harness.controller.wakes).toHaveLength(1);
    const executions = await harness.executions(5);
    expect(new Set(executions.map(({ rung }) => rung))).toEqual(new Set(['hot', 'paused']));
    say('one', 'running');
    expect((await harness.call('/hello')).status).toBe(200);
    expect(instance.probes).toBe(probes);
    expect(await stateOf('one')).toBe('ready');
  });

  it('that somebody else resumed serves again when the engine lists it', async () => {
    harness = await ProxyHarness.start([hello]);
    await harness.addInstance(hello, { id: 'one' });
    say('one', 'paused');
    await until(async () => (await stateOf('one')) === 'resting');
    say('one', 'running');
    await until(async () => (await stateOf('one')) === 'ready');
    expect((await harness.call('/hello')).status).toBe(200);
  });

  it('that was stopped is told from a new one in the record of the call', async () => {
    harness = await ProxyHarness.start([hello]);
    await harness.addInstance(hello, { id: 'one' });
    const found = harness.source.instances.get('one')!;
    say('one', 'exited');
    await until(async () => (await stateOf('one')) === undefined);
    const call = harness.call('/hello');
    await until(() => harness.controller.wakes.length === 1);
    harness.source.put(found);
    expect((await call).status).toBe(200);
    expect(await harness.executions(1)).toMatchObject([{ rung: 'stopped', cold: true }]);
  });

  it('is asked for as often as the calls that wait need, and no more', async () => {
    harness = await ProxyHarness.start([hello]);
    for (const id of ['one', 'two', 'three']) {
      await harness.addInstance(hello, { id });
      await harness.client.park(id);
    }
    const calls = [1, 2, 3].map(() => harness.call('/hello'));
    await until(() => harness.controller.reports.some(({ waiting }) => waiting === 3));
    expect(harness.controller.requests).toMatchObject([{ paused: ['one'] }]);
    for (const id of ['one', 'two']) await harness.client.unpark(id);
    expect((await Promise.all(calls)).map(({ status }) => status)).toEqual([200, 200, 200]);
  });
});
