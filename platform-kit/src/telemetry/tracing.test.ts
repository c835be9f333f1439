import { createServer } from 'node:http';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { listen } from '../http-server.ts';
import { silentLogger } from '../logging.ts';
import { OtlpReceiver } from '../testing/otlp-receiver.ts';
import { openTracing, type Tracing } from './tracing.ts';
import { TRACING_SETTINGS } from './tracing-settings.ts';

const settings = (env: Record<string, string>) => z.object(TRACING_SETTINGS).parse(env);
const open = async (env: Record<string, string>): Promise<Tracing> =>
  (await openTracing(settings(env), { service: 'test', logger: silentLogger(), timing: { sendEveryMs: 20, closeMs: 100 } }))!; // prettier-ignore

test('nothing is traced unless somebody is to be told', async () => {
  expect(await openTracing(settings({}), { service: 'test', logger: silentLogger() })).toBeUndefined();
});

test.each([
  { OTEL_EXPORTER_OTLP_ENDPOINT: 'localhost:4318' },
  { OTEL_TRACES_SAMPLER_ARG: '2' },
  { OTEL_TRACES_SAMPLER_ARG: 'often' },
  { OTEL_EXPORTER_OTLP_HEADERS: 'no-value' },
])('settings that make no sense are refused: %j', (env) => {
  expect(() => settings(env as unknown as Record<string, string>)).toThrow();
});

test('a span comes to the collector as it was, with the headers that were set, and only when it is sampled', async () => {
  const receiver = await OtlpReceiver.start();
  const tracing = await open({
    OTEL_EXPORTER_OTLP_ENDPOINT: `${receiver.url}/`,
    OTEL_EXPORTER_OTLP_HEADERS: 'x-key=a%20b,x-other=c',
  });
  const context = tracing.begin(undefined);
  const span = { name: 'one', kind: 'server', context, parentSpanId: 'f'.repeat(16), startAt: 10, endAt: 12.5, attributes: { a: 'x', n: 1, none: null }, error: 'internal' } as const; // prettier-ignore
  const now = performance.now();
  tracing.record({ ...span, startAt: now - 2.5, endAt: now });
  tracing.record({ ...span, context: tracing.begin({ ...context, isSampled: false }) });
  await tracing.close();
  await receiver.close();
  expect(receiver.requests).toHaveLength(1);
  expect(receiver.requests[0]).toMatchObject({ url: '/v1/traces', headers: { 'x-key': 'a b', 'x-other': 'c' } });
  const [received] = receiver.spans;
  expect(receiver.spans).toHaveLength(1);
  expect(received).toMatchObject({ service: 'test', name: 'one', traceId: context.traceId, spanId: context.spanId, parentSpanId: 'f'.repeat(16), attributes: { a: 'x', n: 1 }, error: 'internal' }); // prettier-ignore
  expect(received!.attributes).not.toHaveProperty('none');
  expect(Number(received!.endNs - received!.startNs)).toBeCloseTo(2_500_000, -4);
  expect(Math.abs(Number(received!.endNs / 1_000_000n) - Date.now())).toBeLessThan(5000);
}); // prettier-ignore

test('a collector that does not answer holds nobody up: what does not fit is dropped, and closing does not wait for it', async () => {
  const hung = await listen(createServer(), 'http://127.0.0.1:0', { drainMs: 0 });
  const tracing = await open({ OTEL_EXPORTER_OTLP_ENDPOINT: hung.url });
  const startedAt = performance.now();
  for (let i = 0; i < 20_000; i++) {
    const at = performance.now();
    tracing.record({ name: 's', kind: 'internal', context: tracing.begin(undefined), parentSpanId: undefined, startAt: at, endAt: at }); // prettier-ignore
  }
  expect(performance.now() - startedAt).toBeLessThan(5000);
  await tracing.close();
  await hung.close();
});
