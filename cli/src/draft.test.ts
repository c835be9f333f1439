import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { json } from './testing/fake-gateway.ts';
import { useCli } from './testing/use-cli.ts';

const { gateway, host, plat } = useCli();
beforeEach(() => {
  writeFileSync(path.join(host.cwd, 'plat.yaml'), 'name: hello\nruntime: node\n');
  writeFileSync(path.join(host.cwd, 'index.js'), 'exports.handler = 1');
});
const RESULT = {
  requestId: 'r', outcome: 'ok', status: 200, headers: {}, body: '{"ok":true}', isBase64: false, isCut: false, error: null,
  logs: [{ text: 'printed' }], cpuMs: 2, memoryBytes: 1024, buildMs: 1000, startMs: 500, durationMs: 3,
}; // prettier-ignore
async function sent() {
  const { body, headers } = gateway.received[0]!;
  const type = { 'content-type': String(headers['content-type']) };
  const form = await new Response(new Uint8Array(body), { headers: type }).formData();
  const parts = [...form].filter(([name]) => name !== 'source');
  const source = Buffer.from(await (form.get('source') as Blob).arrayBuffer());
  return { ...Object.fromEntries(parts.map(([name, text]) => [name, JSON.parse(text as string) as unknown])), source };
} // prettier-ignore

it('invoke --draft sends the folder and the event, and shows answer, lines and use', async () => {
  gateway.on('POST /api/functions/test', json(RESULT));
  writeFileSync(path.join(host.cwd, 'model.bin'), randomBytes(2 * 1024 * 1024));
  const { code, out, err } = await plat(['invoke', '--draft', '-d', '{"name":"Ada"}']);
  expect({ code, out }).toEqual({ code: 0, out: '{"ok":true}' });
  expect(err).toMatch(/printed[^]*200 built in 1s, started in 500ms, ran 3ms, CPU 2ms, memory 1 KiB/);
  const { source, ...rest } = await sent();
  expect(rest).toEqual({ config: { runtime: 'node' }, event: { name: 'Ada' } });
  expect(source.length).toBeGreaterThan(2 * 1024 * 1024);
  expect(source.toString('latin1')).toContain('index.js');
  expect(source.toString('latin1')).not.toContain('plat.yaml');
});

it('invoke --draft makes an HTTP call when asked, and exits with 7 when the code fails', async () => {
  const error = { code: 'function_failed', message: 'boom', component: 'function-proxy' };
  gateway.on('POST /api/functions/test', json({ ...RESULT, status: 502, error }));
  const { code, err } = await plat(['invoke', '--draft', '-p', 'a', '-q', 'b=1', '-H', 'x-a: 1']);
  expect(code).toBe(7);
  expect(err).toContain('function_failed: boom');
  expect(await sent()).toMatchObject({ request: { method: 'GET', path: '/a?b=1', headers: { 'x-a': '1' } } });
});

it('invoke --draft takes no name', async () => {
  expect((await plat(['invoke', 'other', '--draft'])).code).toBe(2);
});
