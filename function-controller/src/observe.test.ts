import { describe, expect, test } from 'vitest';
import type { Readiness } from '@plat/platform-kit/clients/proxy-client.ts';
import type { HostInstance, InstanceExits, InstanceHost } from './instance-host.ts';
import { InstanceHistory } from './instance-history.ts';
import { classify, observe } from './observe.ts';
import type { StartUnderWay } from './starts.ts';

type Exits = Omit<InstanceExits, 'status'> & { status?: HostInstance['status'] };
const exits = (over: Partial<InstanceExits> = {}): Exits => ({ restarts: 0, exitCode: null, outOfMemory: false, startedAt: null, ...over }); // prettier-ignore
const UNKNOWN: Readiness = { state: 'unknown' };

describe('classify()', () => {
  test.each([
    ['running', { state: 'ready' }, exits({ restarts: 5 }), { status: 'ready' }],
    ['running', { state: 'probing' }, exits(), { status: 'starting' }],
    ['running', { state: 'resting' }, exits(), { status: 'paused' }],
    ['running', UNKNOWN, undefined, { status: 'starting' }],
    ['running', { state: 'failed', reason: 'no handler' }, exits(), { status: 'failed', reason: 'no handler' }],
    ['running', { state: 'probing' }, exits({ restarts: 1, exitCode: 3 }), { status: 'crashed', reason: 'The instance exited with code 3.' }],
    ['restarting', UNKNOWN, exits({ restarts: 2, exitCode: 1 }), { status: 'crashed', reason: 'The instance exited with code 1.' }],
    ['restarting', UNKNOWN, exits({ outOfMemory: true, exitCode: 137 }), { status: 'crashed', reason: 'The instance used more memory than its limit and was killed; raise "memory".' }],
    ['exited', { state: 'ready' }, exits({ exitCode: 0 }), { status: 'stopped', reason: 'The instance exited with code 0.' }],
    ['dead', UNKNOWN, undefined, { status: 'exited', reason: 'The instance ended.' }],
    ['paused', { state: 'ready' }, undefined, { status: 'paused' }],
    ['created', UNKNOWN, exits(), { status: 'unstarted' }],
  ] as const)('%s and %o and %o', (status, readiness, ended, expected) => {
    expect(classify(status, readiness, ended)).toEqual(expected);
  }); // prettier-ignore
});

describe('observe()', () => {
  const instance = (id: string, status: HostInstance['status']): HostInstance => ({
    id, name: id, status, address: '10.0.0.1', createdAtMs: 0,
    labels: { functionId: 'f1', project: 'p', function: 'f', version: 1, instance: id, port: 8080, engine: 'fake', spec: 's' },
  }); // prettier-ignore

  function watcher(readyTimeoutMs = 1000) {
    const engine = { instances: [] as HostInstance[], exits: exits() };
    const proxy: { readiness: Readiness | 'away' } = { readiness: { state: 'probing' } };
    const history = new InstanceHistory();
    const starting: StartUnderWay[] = [];
    const host = {
      list: async () => engine.instances,
      exits: async (id: string) => ({
        status: engine.instances.find((one) => one.id === id)?.status,
        ...engine.exits,
      }),
    } as unknown as InstanceHost;
    const look = async (nowMs: number) => {
      const { observed, proxyAnswers } = await observe({
        host,
        proxy: {
          listReadiness: async () => {
            if (proxy.readiness === 'away') throw new Error('away');
            const readiness = proxy.readiness;
            return { items: engine.instances.map(({ id }) => ({ instanceId: id, readiness, inFlight: 0 })) };
          },
        },
        functionId: 'f1',
        isEmpty: false,
        isRetiring: (id) => id === 'retiring',
        hasGiven: (id) => id === 'given',
        starting,
        history,
        nowMs,
        readyTimeoutMs,
        signal: new AbortController().signal,
      });
      return { statuses: observed.map(({ status }) => status), observed, proxyAnswers };
    };
    return { engine, proxy, history, starting, look };
  }

  test('an instance that runs and does not get ready in time hangs, counted from when it was first seen', async () => {
    const { engine, look } = watcher();
    engine.instances = [instance('a', 'running')];
    expect((await look(50_000)).statuses).toEqual(['starting']);
    expect((await look(51_000)).statuses).toEqual(['starting']);
    expect((await look(51_001)).statuses).toEqual(['hung']);
  });

  test('time in which the proxy is away does not count', async () => {
    const { engine, proxy, look } = watcher();
    engine.instances = [instance('a', 'running')];
    await look(0);
    proxy.readiness = 'away';
    expect(await look(5000)).toMatchObject({ statuses: ['starting'], proxyAnswers: false });
    proxy.readiness = { state: 'probing' };
    expect((await look(6000)).statuses).toEqual(['starting']);
    expect((await look(7001)).statuses).toEqual(['hung']);
  });

  test('the first crash of one that was ready is not a failure, the second in a row is', async () => {
    const { engine, proxy, look } = watcher();
    engine.instances = [instance('a', 'running')];
    proxy.readiness = { state: 'ready' };
    await look(0);
    proxy.readiness = { state: 'unknown' };
    engine.instances = [instance('a', 'restarting')];
    engine.exits = exits({ restarts: 7, exitCode: 1 });
    expect((await look(1)).observed[0]).toMatchObject({ status: 'crashed', recovers: true });
    expect((await look(2)).observed[0]).toMatchObject({ recovers: true });
    engine.exits = exits({ restarts: 8, exitCode: 1 });
    expect((await look(3)).observed[0]).toMatchObject({ status: 'crashed', recovers: false });
  });

  test('a crash of one that was never seen ready is a failure', async () => {
    const { engine, look } = watcher();
    engine.instances = [instance('a', 'restarting')];
    engine.exits = exits({ restarts: 1, exitCode: 1 });
    expect((await look(0)).observed[0]).toMatchObject({ status: 'crashed', recovers: false });
  });

  test('a start that is under way is an instance that starts, once, whatever the engine shows of it', async () => {
    const { engine, starting, look } = watcher();
    starting.push({ instance: 'new', functionId: 'f1', version: 1, spec: 's' });
    expect((await look(0)).observed).toMatchObject([{ id: 'new', status: 'starting', spec: 's' }]);
    engine.instances = [instance('new', 'created'), instance('left', 'created')];
    expect((await look(0)).statuses).toEqual(['starting', 'unstarted']);
    engine.instances = [instance('new', 'running')];
    expect((await look(0)).statuses).toEqual(['starting']);
  });

  test('what rests says for how long, counted anew after it ran', async () => {
    const { engine, look } = watcher();
    const rested = async (status: HostInstance['status'], nowMs: number) => {
      engine.instances = [instance('a', status)];
      return (await look(nowMs)).observed[0]!.restedMs;
    };
    expect(await rested('paused', 0)).toBe(0);
    expect(await rested('paused', 10)).toBe(10);
    expect(await rested('exited', 20)).toBe(20);
    expect(await rested('running', 30)).toBeUndefined();
    expect(await rested('paused', 40)).toBe(0);
  });

  test('one that has just stopped rests, also while the list still has it running', async () => {
    const { engine, proxy, look } = watcher();
    engine.instances = [instance('a', 'running')];
    proxy.readiness = { state: 'unknown' };
    engine.exits = exits({ status: 'exited', exitCode: 0 });
    expect((await look(0)).observed[0]).toMatchObject({ status: 'stopped', restedMs: 0 });
  });

  test('a condemned instance has ended, one that is being removed is left out, one that retires is retiring', async () => {
    const { engine, proxy, history, look } = watcher();
    proxy.readiness = { state: 'ready' };
    engine.instances = [instance('a', 'running'), instance('b', 'removing'), instance('retiring', 'running')];
    history.condemn('f1', 'a', 'it hangs');
    const { observed } = await look(0);
    expect(observed).toMatchObject([
      { id: 'a', status: 'exited', reason: 'it hangs' },
      { status: 'retiring' },
    ]);
    engine.instances = [];
    await look(1);
    expect(history.condemned('f1', 'a')).toBeUndefined();
  });

  test('one from a pool that nobody living gave its code goes soon, one that was given it may take its time', async () => {
    const { engine, look } = watcher(60_000);
    const pooled = (id: string) => ({ ...instance(id, 'running'), fromPool: true });
    engine.instances = [pooled('a'), pooled('given')];
    expect((await look(0)).statuses).toEqual(['starting', 'starting']);
    expect((await look(2001)).statuses).toEqual(['unstarted', 'starting']);
  });

  test('one from a pool that ended cannot go on: what was ready is replaced, what never was has failed', async () => {
    const { engine, proxy, look } = watcher();
    const pooled = (id: string, status: HostInstance['status']) => ({
      ...instance(id, status),
      fromPool: true,
    });
    proxy.readiness = { state: 'ready' };
    engine.instances = [pooled('a', 'running')];
    expect((await look(0)).statuses).toEqual(['ready']);
    proxy.readiness = { state: 'unknown' };
    engine.instances = [pooled('a', 'exited'), pooled('b', 'exited')];
    expect((await look(10)).statuses).toEqual(['exited', 'failed']);
  });
});
