import { afterEach, beforeEach, expect, test } from 'vitest';
import { leftoverDrafts } from './sweep-drafts.ts';
import { startGateway, type TestGateway } from './testing/start-gateway.ts';

let gateway: TestGateway;
beforeEach(async () => {
  gateway = await startGateway();
});
afterEach(() => gateway.close());

const DRAFT = { config: { runtime: 'node' }, files: { 'index.js': 'x' }, event: { name: 'Ada' } };
const made = () => [...gateway.metadata.functions.values()];
const run = (body: object, as: 'shopDeveloper' | 'shopViewer' = 'shopDeveloper') =>
  gateway.call('POST', '/api/functions/test', { as, body });

test('a draft is built, called with its event, and deleted', async () => {
  const running = run(DRAFT);
  await expect.poll(made, { timeout: 5000 }).toHaveLength(1);
  const [record] = made();
  expect(record!.name).toMatch(/^plat-draft-/);
  expect((await gateway.call('GET', '/api/functions', { as: 'shopViewer' })).body.items).toEqual([]);
  gateway.metadata.setState(record!.versions[0]!, 'ready');
  const { status, body } = await running;
  expect(status).toBe(200);
  expect(body).toMatchObject({ outcome: expect.any(String), status: 200, error: null, isBase64: false });
  expect(gateway.invoker.calls[0]).toMatchObject({
    body: '{"name":"Ada"}',
    target: { project: 'shop', function: record!.name, trigger: 'invoke' },
  });
  expect(made()).toEqual([]);
});

test('a draft that cannot be built says why, is not called, and is deleted', async () => {
  const running = run(DRAFT);
  await expect.poll(made, { timeout: 5000 }).toHaveLength(1);
  gateway.metadata.setState(made()[0]!.versions[0]!, 'failed');
  expect((await running).body).toMatchObject({ outcome: 'function_error', durationMs: 0, error: { component: 'builder' } });
  expect(gateway.invoker.calls).toEqual([]);
  expect(made()).toEqual([]);
}); // prettier-ignore

test('drafts are for those who may deploy, and nobody deploys to a name of theirs', async () => {
  expect((await run(DRAFT, 'shopViewer')).status).toBe(403);
  const { status, body } = await gateway.call(
    'POST',
    '/api/projects/shop/functions/plat-draft-x/versions',
    {},
  );
  expect([status, body.code]).toEqual([400, 'invalid']);
  expect((await run({ ...DRAFT, files: {} })).status).toBe(400);
});

test('what a gateway that died left over is found once it is older than any draft', () => {
  const now = Date.UTC(2026, 0, 1);
  const at = (minutes: number, name: string) =>
    ({ name, createdAt: new Date(now - minutes * 60_000).toISOString() }) as never;
  const all = [at(26, 'plat-draft-a'), at(24, 'plat-draft-b'), at(99, 'hello')];
  expect(leftoverDrafts(all, now).map(({ name }) => name)).toEqual(['plat-draft-a']);
});
