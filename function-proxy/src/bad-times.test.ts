import { afterEach, describe, expect, it, vi } from 'vitest';
import { ProxyHarness, until } from './testing/proxy-harness.ts';
import { fakeFunction } from './testing/fake-records.ts';
import { FakeSource } from './testing/fake-source.ts';
import { TestInstance } from './testing/test-instance.ts';

let harness: ProxyHarness;
afterEach(async () => {
  vi.useRealTimers();
  await harness.close();
});

describe('the data plane in bad times', () => {
  it('goes on serving while the engine hangs, and sees what changed once it answers again', async () => {
    const hello = fakeFunction({ name: 'hello' });
    harness = await ProxyHarness.start([hello]);
    const first = await harness.addInstance(hello, { id: 'first' });
    harness.source.hang();
    const second = await new TestInstance((_req, res) => void res.end('second')).listen();
    harness.instances.push(second);
    const { id: functionId, name, project } = hello;
    harness.source.put(second.describe({ id: 'second', functionId, name, project }));
    for (let i = 0; i < 50; i++) expect((await harness.call('/hello')).status).toBe(200);
    expect(first.requests).toHaveLength(50);
    harness.source.goOn();
    await harness.ready('second');
  });

  it('does not mind when the clock is set, forwards or back', async () => {
    const hello = fakeFunction({ name: 'hello', versions: [{ number: 1, concurrency: 1 }] });
    harness = await ProxyHarness.start([hello]);
    const release: (() => void)[] = [];
    await harness.addInstance(hello, { behaviour: (_req, res) => void release.push(() => res.end('ok')) });
    vi.useFakeTimers({ toFake: ['Date'] });
    const start = Date.now();
    for (const jumpMs of [86_400_000, -86_400_000]) {
      const calls = [harness.call('/hello'), harness.call('/hello')];
      await until(() => release.length === 1);
      vi.setSystemTime(start + jumpMs);
      release.pop()!();
      await until(() => release.length === 1);
      release.pop()!();
      for (const { status } of await Promise.all(calls)) expect(status).toBe(200);
      // A wait on readiness takes as long as it was told, not as long as the clock says.
      expect(await harness.client.readiness('nobody', { waitMs: 30 })).toEqual({ state: 'unknown' });
      await harness.addInstance(hello, { id: `after ${jumpMs}` });
      harness.source.remove(`after ${jumpMs}`);
      await until(async () => (await harness.client.readiness(`after ${jumpMs}`, { waitMs: 0 })).state === 'unknown');
    }
    const kept = await harness.executions(4);
    for (const { durationMs, queueMs } of kept) {
      expect(durationMs).toBeGreaterThanOrEqual(0);
      expect(queueMs).toBeGreaterThanOrEqual(0);
      expect(durationMs + queueMs).toBeLessThan(60_000);
    }
  }, 20_000); // prettier-ignore

  it('finds 500 running instances when it starts, and serves those who call meanwhile', async () => {
    const functions = Array.from({ length: 500 }, (_, i) => fakeFunction({ name: `fn-${i}` }));
    // One server stands for all of them: who was meant shows in the record.
    const server = await new TestInstance((req, res) => void res.end(req.url)).listen();
    const source = new FakeSource();
    for (const { id: functionId, name, project } of functions) {
      source.put(server.describe({ id: `of ${name}`, functionId, name, project }), 'silent');
    }
    harness = await ProxyHarness.start(functions, { COLD_START_TIMEOUT_SECONDS: 30 }, source);
    harness.instances.push(server);
    // Calls that come before all are known are served too.
    const early = await Promise.all([0, 250, 499].map((i) => harness.call(`/fn-${i}/early`)));
    expect(early.map(({ status, body }) => [status, body])).toEqual(Array(3).fill([200, '/early']));
    for (const { name } of functions) await harness.ready(`of ${name}`);
    for (let i = 0; i < 500; i += 50) expect((await harness.call(`/fn-${i}/x`)).status).toBe(200);
    // Only the early ones can have asked for theirs.
    expect(harness.controller.wakes.length).toBeLessThanOrEqual(3);
    expect(source.calls.list).toBeLessThan(10);
  }, 60_000);
});
