import { afterEach, describe, expect, it } from 'vitest';
import { fakeFunction } from './testing/fake-records.ts';
import { ProxyHarness, until } from './testing/proxy-harness.ts';
import { TestInstance } from './testing/test-instance.ts';

let harness: ProxyHarness;
afterEach(() => harness.close());

const hello = fakeFunction({ name: 'hello', versions: [{ number: 1 }] });

/** A container of a pool that answers `status` to its code, and what it is given. */
async function pooled(status: number) {
  const container = await new TestInstance((req, res) => {
    res.writeHead(req.url === '/_plat/specialize' ? status : 200).end('mine');
  }).listen();
  harness.instances.push(container);
  const labels = { functionId: hello.id, project: 'default', function: 'hello', version: 1, instance: 'i1', engine: 'docker', spec: 's' }; // prettier-ignore
  const place = { host: '127.0.0.1', port: container.port };
  const give = () =>
    harness.client.specialize({ ...place, files: [], env: {}, instance: { id: 'p0', labels } }, { timeoutMs: 2000 });
  return { container, give };
} // prettier-ignore

describe('a container of a pool', () => {
  it('serves calls as soon as it has its code, before the engine lists it as an instance, and goes on then', async () => {
    harness = await ProxyHarness.start([hello]);
    const { container, give } = await pooled(202);
    const call = harness.call('/hello');
    await until(() => harness.controller.wakes.length === 1);
    await give();
    expect((await call).body).toBe('mine');
    const { probes } = container;
    harness.source.put(container.describe({ id: 'p0', functionId: hello.id }), 'changed');
    const lists = harness.source.calls.list;
    await until(() => harness.source.calls.list > lists);
    expect((await harness.call('/hello')).body).toBe('mine');
    expect(container.probes).toBe(probes);
    expect(await harness.executions(2)).toMatchObject([{ rung: 'pool' }, { rung: 'hot' }]);
  });

  it('that refuses its code gets no calls', async () => {
    harness = await ProxyHarness.start([hello]);
    const { container, give } = await pooled(409);
    await expect(give()).rejects.toMatchObject({ code: 'conflict' });
    expect((await harness.client.listReadiness()).items).toEqual([]);
    expect(container.probes).toBe(0);
  });

  it('that is given up gets no further calls, though no list has shown it', async () => {
    harness = await ProxyHarness.start([hello]);
    const { give } = await pooled(202);
    await give();
    await harness.ready('p0');
    await harness.client.drain('p0', { seq: 0, timeoutMs: 100 });
    const lists = harness.source.calls.list;
    await until(() => harness.source.calls.list > lists);
    expect((await harness.client.listReadiness()).items).toEqual([]);
  });
});
