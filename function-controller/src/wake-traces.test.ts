import type { WakeOutcome } from '@plat/platform-kit/clients/controller-client.ts';
import { Tracing, type SpanRecord } from '@plat/platform-kit/telemetry/tracing.ts';
import { expect, test } from 'vitest';
import { FakeInstanceHost } from './testing/fake-instance-host.ts';
import { testSpec } from './instance-host.contract.ts';
import { WakeTraces } from './wake-traces.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';
const ONE = { functionId: 'f1', version: 7 };
const spec = testSpec({ imageId: 'i', functionId: 'f1' });
const READY: WakeOutcome = { outcome: 'ready' };

function world() {
  const spans: SpanRecord[] = [];
  const sink = { record: (span: SpanRecord) => void spans.push(span), close: () => Promise.resolve() };
  const traces = new WakeTraces(new Tracing({ ratio: 1, sink }));
  const host = new FakeInstanceHost();
  return { spans, traces, host, traced: traces.traceHost(host) };
}

test('a start because of a wake is below it, and the wake below the call', async () => {
  const { spans, traces, traced, host } = world();
  const waking = async () => {
    const id = await traced.start(spec);
    await traced.pause(id);
    await traced.resume(id, ONE);
    return READY;
  };
  expect(await traces.wake(ONE, `00-${TRACE}-${SPAN}-01`, waking)).toEqual(READY);
  expect(host.running()).toHaveLength(1);
  const wake = spans.find(({ name }) => name === 'wake')!;
  expect(wake).toMatchObject({ parentSpanId: SPAN, context: { traceId: TRACE }, error: undefined });
  expect(spans.map(({ name, parentSpanId }) => [name, parentSpanId])).toEqual([
    ['engine start', wake.context.spanId],
    ['engine resume', wake.context.spanId],
    ['wake', SPAN],
  ]);
});

test('a start that was under way when the wake came is its own too', async () => {
  const { spans, traces, traced } = world();
  const starting = traced.start(spec);
  await traces.wake(ONE, `00-${TRACE}-${SPAN}-01`, async () => {
    await starting;
    return READY;
  });
  expect(spans.map(({ name }) => name)).toEqual(['engine start', 'wake']);
});

test('what nobody waits for, and what is not sampled, is in no trace; failures say so', async () => {
  const { spans, traces, traced, host } = world();
  await traced.start(spec);
  for (const traceparent of [undefined, 'garbage', `00-${TRACE}-${SPAN}-00`])
    await traces.wake(ONE, traceparent, () => traced.start(spec).then(() => READY));
  expect(spans).toEqual([]);
  host.goAway();
  const wake = traces.wake(ONE, `00-${TRACE}-${SPAN}-01`, () => traced.start(spec).then(() => READY));
  await expect(wake).rejects.toMatchObject({ code: 'unavailable' });
  expect(spans.map(({ name, error }) => [name, error])).toEqual([
    ['engine start', 'error'],
    ['wake', 'error'],
  ]);
});
