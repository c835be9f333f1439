import { expect, test } from 'vitest';
import { CallMeter } from './call-meter.ts';

type Call = Parameters<CallMeter['note']>[0];
const call = (over: Partial<Call> = {}): Call => ({
  functionId: 'f1',
  project: 'default',
  function: 'hello',
  status: 200,
  outcome: 'ok',
  errorCode: null,
  rung: 'hot',
  queueMs: 0,
  wakeMs: 0,
  durationMs: 2,
  phases: { queued: null },
  ...over,
});

test('calls are counted by function, outcome and class of status', () => {
  const meter = new CallMeter(10);
  meter.note(call());
  meter.note(call({ status: 204 }));
  meter.note(call({ status: 502, outcome: 'function_error', errorCode: 'function_failed' }));
  meter.note(call({ status: 999 }));
  const hello = { project: 'default', function: 'hello' };
  expect([...meter.calls()]).toEqual([
    [{ ...hello, outcome: 'ok', status: '2xx' }, 2],
    [{ ...hello, outcome: 'ok', status: '5xx' }, 1],
    [{ ...hello, outcome: 'function_error', status: '5xx' }, 1],
  ]);
  expect([...meter.errors()]).toEqual([[{ code: 'function_failed' }, 1]]);
  const [name, { counts, sumS }] = [...meter.durations()][0]!;
  expect(name).toEqual(hello);
  expect(counts[1]).toBe(4);
  expect(sumS).toBeCloseTo(0.008);
}); // prettier-ignore

test('only what waited is in the queue, and only what was woken is under its rung', () => {
  const meter = new CallMeter(10);
  meter.note(call());
  meter.note(call({ phases: { queued: 1 }, queueMs: 40 }));
  meter.note(call({ phases: { queued: 1 }, queueMs: 300, wakeMs: 290, rung: 'paused' }));
  expect(meter.queued.sumS).toBeCloseTo(0.34);
  expect(meter.woken.get('paused')!.sumS).toBeCloseTo(0.29);
  expect([...meter.coldCalls()]).toEqual([[{ project: 'default', function: 'hello', rung: 'paused' }, 1]]);
});

test('functions beyond the limit and drafts count as one, and a function that is gone gives its place back', () => {
  const meter = new CallMeter(2);
  for (let i = 0; i < 5; i++) meter.note(call({ functionId: `f${i}`, function: `n${i}` }));
  meter.note(call({ functionId: 'd', function: 'plat-draft-1234567890123456789' }));
  const names = () => [...meter.calls()].map(([labels, count]) => `${labels.project}/${labels.function} ${count}`);
  expect(names()).toEqual(['default/n0 1', 'default/n1 1', 'other/other 4']);
  meter.prune((id) => id !== 'f0');
  meter.note(call({ functionId: 'f7', function: 'n7' }));
  expect(names()).toEqual(['default/n1 1', 'default/n7 1', 'other/other 4']);
}); // prettier-ignore
