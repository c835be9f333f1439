import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { json, startFakeGateway, type FakeGateway } from './testing/fake-gateway.ts';
import { createTestHost } from './testing/test-host.ts';

let gateway: FakeGateway;
let host: ReturnType<typeof createTestHost>;
beforeEach(async () => {
  gateway = await startFakeGateway();
  host = createTestHost();
  writeFileSync(path.join(host.cwd, 'plat.yaml'), 'name: hello\nruntime: node\n');
  writeFileSync(path.join(host.cwd, 'index.js'), 'exports.handler = 1');
});
afterEach(async () => {
  await gateway.close();
  host.remove();
});
const plat = (argv: string[]) => host.run(argv, { apiUrl: gateway.url });
const RESULT = {
  requestId: 'r', outcome: 'ok', status: 200, headers: {}, body: '{"ok":true}', isBase64: false, isCut: false, error: null,
  logs: [{ text: 'printed' }], cpuMs: 2, memoryBytes: 1024, buildMs: 1000, startMs: 500, durationMs: 3,
}; // prettier-ignore
const sent = () => JSON.parse(gateway.received[0]!.body.toString()) as Record<string, unknown>;

it('invoke --draft sends the folder and the event, and shows answer, lines and use', async () => {
  gateway.on('POST /api/functions/test', json(RESULT));
  const { code, out, err } = await plat(['invoke', '--draft', '-d', '{"name":"Ada"}']);
  expect({ code, out }).toEqual({ code: 0, out: '{"ok":true}' });
  expect(err).toMatch(/printed[^]*200 built in 1s, started in 500ms, ran 3ms, CPU 2ms, memory 1 KiB/);
  expect(sent()).toEqual({
    config: { runtime: 'node' },
    files: { 'index.js': { base64: Buffer.from('exports.handler = 1').toString('base64') } },
    event: { name: 'Ada' },
  });
});

it('invoke --draft makes an HTTP call when asked, and exits with 7 when the code fails', async () => {
  const error = { code: 'function_failed', message: 'boom', component: 'function-proxy' };
  gateway.on('POST /api/functions/test', json({ ...RESULT, status: 502, error }));
  const { code, err } = await plat(['invoke', '--draft', '-p', 'a', '-q', 'b=1', '-H', 'x-a: 1']);
  expect(code).toBe(7);
  expect(err).toContain('function_failed: boom');
  expect(sent()).toMatchObject({ request: { method: 'GET', path: '/a?b=1', headers: { 'x-a': '1' } } });
});

it('invoke --draft takes no name', async () => {
  expect((await plat(['invoke', 'other', '--draft'])).code).toBe(2);
});
