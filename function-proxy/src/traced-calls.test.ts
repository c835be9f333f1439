import { afterEach, expect, test } from 'vitest';
import { silentLogger } from '@plat/platform-kit/logging.ts';
import { openTracing } from '@plat/platform-kit/telemetry/tracing.ts';
import { OtlpReceiver } from '@plat/platform-kit/testing/otlp-receiver.ts';
import { fakeFunction } from './testing/fake-records.ts';
import { ProxyHarness } from './testing/proxy-harness.ts';
import type { TestInstance } from './testing/test-instance.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';
const CALLER = { traceparent: `00-${TRACE}-${SPAN}-01`, tracestate: 'vendor=1' };

let harness: ProxyHarness;
let receiver: OtlpReceiver | undefined;
afterEach(async () => {
  await harness.close();
  await receiver?.close();
  receiver = undefined;
});

const hello = fakeFunction({ name: 'hello', versions: [{ number: 1 }] });
async function start(options: { traced: boolean; ratio?: number }) {
  receiver = await OtlpReceiver.start();
  const tracing = await openTracing(
    {
      OTEL_EXPORTER_OTLP_ENDPOINT: options.traced ? receiver.url : undefined,
      OTEL_TRACES_SAMPLER_ARG: options.ratio ?? 1,
    },
    { service: 'function-proxy', logger: silentLogger(), timing: { sendEveryMs: 20, closeMs: 500 } },
  );
  harness = await ProxyHarness.start([hello], {}, undefined, { tracing });
  return receiver;
}
const told = (instance: TestInstance) => instance.requests[0]!.headers;

test('without a collector, what the caller says passes to the function and its trace to the record', async () => {
  await start({ traced: false });
  const instance = await harness.addInstance(hello);
  await harness.call('/hello', { headers: CALLER });
  await harness.call('/hello');
  expect(told(instance)).toMatchObject(CALLER);
  const executions = await harness.executions(2);
  expect(executions.map(({ traceId }) => traceId)).toEqual([TRACE, null]);
});

test('a cold call is a tree of spans below the caller’s; function and controller are told of theirs', async () => {
  const { spans, tree, of } = bound(await start({ traced: true }));
  const calling = harness.call('/hello?token=secret-of-the-caller', { headers: CALLER });
  const instance = await harness.addInstance(hello);
  expect((await calling).status).toBe(200);
  await expect.poll(() => spans.length, { timeout: 5000 }).toBe(6);
  expect(tree(TRACE, SPAN)).toEqual([
    'function-proxy: call default/hello',
    '  function-proxy: queue',
    '    function-proxy: wake',
    '  function-proxy: connect',
    '  function-proxy: first byte',
    '  function-proxy: answer',
  ]);
  const named = (name: string) => of(TRACE).find((span) => span.name === name)!;
  const call = named('call default/hello');
  expect(told(instance)).toMatchObject({
    traceparent: `00-${TRACE}-${call.spanId}-01`,
    tracestate: 'vendor=1',
  });
  expect(harness.controller.traceparents[0]).toBe(`00-${TRACE}-${named('wake').spanId}-01`);
  expect(call.attributes).toMatchObject({
    'plat.function': 'hello',
    'plat.outcome': 'ok',
    'plat.rung': 'new',
  });
  for (const span of spans) {
    expect(span.startNs).toBeGreaterThanOrEqual(call.startNs);
    expect(span.endNs).toBeLessThanOrEqual(call.endNs);
  }
  expect(receiver!.text).not.toContain('secret-of-the-caller');
  expect((await harness.executions(1))[0]).toMatchObject({ traceId: TRACE });
});

test('a call that comes without a trace begins one; one that fails says so', async () => {
  const { spans } = bound(await start({ traced: true }));
  const instance = await harness.addInstance(hello, { behaviour: (req) => void req.socket.destroy() });
  await harness.call('/hello', { method: 'POST', body: 'x' });
  await expect.poll(() => spans.length, { timeout: 5000 }).toBe(3);
  const call = spans.find(({ name }) => name === 'call default/hello')!;
  expect(call).toMatchObject({ parentSpanId: undefined, error: 'function_failed' });
  expect(told(instance)['traceparent']).toBe(`00-${call.traceId}-${call.spanId}-01`);
});

test('what is not sampled is passed on as such, and nobody is told', async () => {
  const { spans } = bound(await start({ traced: true, ratio: 0 }));
  const instance = await harness.addInstance(hello);
  await harness.call('/hello');
  expect(told(instance)['traceparent']).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
  await harness.call('/hello', { headers: { traceparent: `00-${TRACE}-${SPAN}-01` } });
  await expect.poll(() => spans.length, { timeout: 5000 }).toBeGreaterThan(0);
  expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(new Set([TRACE]));
});

function bound(to: OtlpReceiver) {
  return { spans: to.spans, tree: to.tree.bind(to), of: to.of.bind(to) };
}
