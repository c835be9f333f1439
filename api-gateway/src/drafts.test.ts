import { afterEach, beforeEach, expect, test } from 'vitest';
import { leftoverDrafts } from './sweep-drafts.ts';
import { startGateway, TOKENS, type TestGateway } from './testing/start-gateway.ts';

let gateway: TestGateway;
beforeEach(async () => {
  gateway = await startGateway({ SOURCE_LIMIT_BYTES: String(8 * 1024 * 1024) });
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

/** Strings are fields, buffers are files. */
async function upload(parts: Record<string, string | Buffer>, as: keyof typeof TOKENS = 'shopDeveloper') {
  const form = new FormData();
  for (const [name, value] of Object.entries(parts))
    if (typeof value === 'string') form.append(name, value);
    else form.append(name, new Blob([new Uint8Array(value)]), 'source.zip');
  const headers = { authorization: `Bearer ${TOKENS[as]}` };
  const response = await fetch(`${gateway.url}/api/functions/test`, { method: 'POST', headers, body: form });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}
const CONFIG = JSON.stringify({ runtime: 'node' });

test('a form takes an archive that is too large for JSON, up to what a deploy takes', async () => {
  const source = Buffer.alloc(3 * 1024 * 1024, 7);
  const running = upload({ config: CONFIG, event: '{"name":"Ada"}', source });
  await expect.poll(made, { timeout: 5000 }).toHaveLength(1);
  const [record] = made();
  const { sourceDigest, config } = record!.versions[0]!;
  expect(gateway.builder.sources.get(sourceDigest)).toHaveLength(source.length);
  expect(config).toMatchObject({ runtime: 'node', edge: 'off' });
  gateway.metadata.setState(record!.versions[0]!, 'ready');
  expect((await running).body).toMatchObject({ status: 200, error: null });
  expect(gateway.invoker.calls[0]).toMatchObject({ body: '{"name":"Ada"}' });
  expect(made()).toEqual([]);
});

test('a form that cannot be understood, is too large or from who may not is refused, and nothing is made', async () => {
  const source = Buffer.from('zip');
  const cases: [Record<string, string | Buffer>, number, RegExp][] = [
    [{ source }, 400, /"config": missing/],
    [{ config: CONFIG }, 400, /"source": missing/],
    [{ config: CONFIG, source, files: '{}' }, 400, /"files": there is no such part/],
    [{ config: CONFIG, source, event: '{' }, 400, /"event" is not valid JSON/],
    [{ config: CONFIG, source, request: '{"method":1}' }, 400, /request/],
    [{ config: CONFIG, source, event: JSON.stringify('x'.repeat(1024 * 1024)) }, 413, /"event" has at most 1 MiB/],
    [{ config: '{"runtime":"nodee"}', source }, 400, /nodee/],
  ];
  for (const [parts, status, detail] of cases) {
    const answer = await upload(parts);
    expect([answer.status, answer.body['detail']]).toEqual([status, expect.stringMatching(detail)]);
  }
  expect((await upload({ config: CONFIG, source }, 'shopViewer')).status).toBe(403);
  const big = await upload({ config: CONFIG, source: Buffer.alloc(9 * 1024 * 1024) });
  expect([big.status, big.body['code']]).toEqual([413, 'too_large']);
  const json = { ...DRAFT, files: { 'index.js': 'x'.repeat(1024 * 1024) } };
  expect((await run(json)).status).toBe(413);
  expect(made()).toEqual([]);
}); // prettier-ignore

test('what a gateway that died left over is found once it is older than any draft', () => {
  const now = Date.UTC(2026, 0, 1);
  const at = (minutes: number, name: string) =>
    ({ name, createdAt: new Date(now - minutes * 60_000).toISOString() }) as never;
  const all = [at(26, 'plat-draft-a'), at(24, 'plat-draft-b'), at(99, 'hello')];
  expect(leftoverDrafts(all, now).map(({ name }) => name)).toEqual(['plat-draft-a']);
});
