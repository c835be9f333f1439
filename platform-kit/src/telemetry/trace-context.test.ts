import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { nextSpan, readTraceparent, setTraceparent, toTraceparent } from './trace-context.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';

test.each([
  [`00-${TRACE}-${SPAN}-01`, true],
  [`00-${TRACE}-${SPAN}-00`, false],
  [`00-${TRACE}-${SPAN}-ff`, true],
  [`01-${TRACE}-${SPAN}-01-of-later-versions`, true],
])('readTraceparent() understands %s', (traceparent, isSampled) => {
  expect(readTraceparent({ traceparent })).toEqual({ traceId: TRACE, spanId: SPAN, isSampled });
});

test.each([
  undefined,
  '',
  'garbage',
  `ff-${TRACE}-${SPAN}-01`,
  `00-${TRACE}-${SPAN}-01-more`,
  `00-${'0'.repeat(32)}-${SPAN}-01`,
  `00-${TRACE}-${'0'.repeat(16)}-01`,
  `00-${TRACE.toUpperCase()}-${SPAN}-01`,
  `00-${TRACE}-${SPAN}`,
])('readTraceparent() takes %s for none', (traceparent) => {
  expect(readTraceparent({ traceparent })).toBeUndefined();
});

test('nextSpan() keeps to what the caller decided, and decides itself for a new trace', () => {
  const parent = { traceId: TRACE, spanId: SPAN, isSampled: false };
  const child = nextSpan(parent, 1);
  expect(child).toMatchObject({ traceId: TRACE, isSampled: false });
  expect(child.spanId).toMatch(/^[0-9a-f]{16}$/);
  expect(child.spanId).not.toBe(SPAN);
  expect(nextSpan(undefined, 0.5, () => 0.49).isSampled).toBe(true);
  expect(nextSpan(undefined, 0.5, () => 0.5).isSampled).toBe(false);
  expect(nextSpan(undefined, 1, () => 0.999).isSampled).toBe(true);
  expect(nextSpan(undefined, 0, () => 0).isSampled).toBe(false);
});

test('setTraceparent() leaves one value in every view of the headers, and vendors’ state with its own trace only', () => {
  const request = () =>
    ({
      headers: { traceparent: `00-${TRACE}-${SPAN}-01`, tracestate: 'a=1', host: 'h' },
      rawHeaders: ['Host', 'h', 'TraceParent', `00-${TRACE}-${SPAN}-01`, 'tracestate', 'a=1', 'traceparent', 'x'],
    }) as unknown as IncomingMessage;
  const same = request();
  const context = { traceId: TRACE, spanId: 'a'.repeat(16), isSampled: true };
  setTraceparent(same, context);
  expect(same.rawHeaders).toEqual(['Host', 'h', 'tracestate', 'a=1', 'traceparent', toTraceparent(context)]);
  expect(readTraceparent(same.headers)).toEqual(context);
  const other = request();
  const another = { ...context, traceId: 'b'.repeat(32) };
  setTraceparent(other, another);
  expect(other.rawHeaders).toEqual(['Host', 'h', 'traceparent', toTraceparent(another)]);
  expect(other.headers['tracestate']).toBeUndefined();
}); // prettier-ignore
