import { expect, it } from 'vitest';
import { json, problem } from './testing/fake-gateway.ts';
import { useCli } from './testing/use-cli.ts';

const { gateway, plat } = useCli();
const EXECUTION = {
  id: 'e1', requestId: 'r1', functionId: 'f', project: 'default', function: 'hello', version: 3, alias: 'live', trigger: 'api',
  method: 'GET', path: '/orders', status: 502, outcome: 'function_error', errorCode: 'function_failed', errorMessage: 'The function failed: boom',
  errorComponent: 'function-proxy', cold: true, rung: 'paused', queueMs: 12, wakeMs: 11, durationMs: 5,
  phases: { received: 0, authorised: 0.2, queued: 0.4, woken: 11.4, connected: 12, firstByte: 17, lastByte: null },
  cpuMs: 3.5, memoryBytes: 41_943_040, usage: 'runtime', bytesIn: 0, bytesOut: 0, instance: 'abcdef0123456789', hasBodies: false,
  startedAt: '2026-01-01T00:00:00.000Z', logs: [{ at: '2026-01-01T00:00:00.010Z', instance: 'i', version: 3, stream: 'stderr', requestId: 'r1', text: 'boom \u001b[2Jhere' }],
  logsProblem: null, bodies: null,
  evictions: [
    { at: '2025-12-31T23:00:00.000Z', role: 'was_put_out', instance: 'oldoldoldold1', other: { project: 'default', function: 'big', version: 7 } },
    { at: '2026-01-01T00:00:00.002Z', role: 'made_room', instance: 'otherotherot2', other: null },
  ],
}; // prettier-ignore

it('why says who failed, where the time went, what was used and what was printed', async () => {
  gateway.on('GET /api/executions/r1', json(EXECUTION));
  const { code, out } = await plat(['why', 'r1']);
  expect(code).toBe(0);
  expect(out).toContain('GET /orders 502 function_error\nfunction_failed: The function failed: boom (function-proxy)');
  expect(out).toContain('default/hello, version 3 (alias live), instance abcdef012345, cold start (paused)');
  expect(out).toContain('Its instance oldoldoldold had been evicted to make room for default/big version 7');
  expect(out).toContain('Instance otherotherot of another project was put out to make room for it');
  expect(out).toMatch(/woken +11\.4 ms +\+11\.0 ms/);
  expect(out).not.toContain('last byte');
  expect(out).toContain('CPU 3.5ms, memory 40 MiB, in 0 B, out 0 B');
  expect(out).toContain('boom here');
  expect(out).not.toContain('\u001b');
}); // prettier-ignore

it('why waits for a call that is not recorded yet', async () => {
  gateway.on('GET /api/executions/r1', (res, request) => {
    const reply = gateway.received.length < 2 ? problem('not_found', 'Not yet.') : json(EXECUTION);
    return reply(res, request);
  });
  expect(JSON.parse((await plat(['why', 'r1', '-o', 'json'])).out)).toMatchObject({ id: 'e1' });
  expect(gateway.received).toHaveLength(2);
});

it('executions ls hands its filters over', async () => {
  gateway.on('GET /api/executions', json({ items: [], next: '5.x' }));
  const { err } = await plat(['executions', 'ls', 'hello', '--failed', '--status', '5xx', '--search', 'a b', '--since', '1h']);
  expect(err).toContain('--before 5.x');
  const query = Object.fromEntries(new URL(gateway.received[0]!.path, gateway.url).searchParams);
  expect(query).toEqual({ project: 'default', function: 'hello', failed: 'true', status: '5xx', q: 'a b', since: '1h' });
}); // prettier-ignore

it('executions replay prints the answer, and exits with 7 when it is a failure', async () => {
  gateway.on('POST /api/executions/e1/replay', (res) => void res.writeHead(500).end('broken'));
  expect(await plat(['executions', 'replay', 'e1', '--version', '2'])).toMatchObject({ code: 7, out: 'broken' });
  expect(gateway.received[0]!.path).toBe('/api/executions/e1/replay?version=2');
  gateway.on('POST /api/executions/e1/replay', problem('conflict', 'The call cannot be made again: why.'));
  expect((await plat(['executions', 'replay', 'e1'])).code).toBe(5);
}); // prettier-ignore
