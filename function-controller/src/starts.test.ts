import { expect, test } from 'vitest';
import { InstanceLocks } from './instance-locks.ts';
import { Starts } from './starts.ts';

const tick = () => new Promise((resolve) => setImmediate(resolve));
const start = { functionId: 'f1', version: 1, spec: 's' };

test('a start is known until it is over, and at most so many run at once', async () => {
  const begun: string[] = [];
  const done: string[] = [];
  const starts = new Starts({
    concurrency: 2,
    onBegin: (functionId) => begun.push(functionId),
    onDone: (functionId) => done.push(functionId),
  });
  const ends: (() => void)[] = [];
  const work = () => new Promise<void>((resolve) => ends.push(resolve));
  for (let i = 0; i < 3; i++) starts.begin(start, work);
  await tick();
  expect(ends).toHaveLength(2);
  expect(new Set(starts.of('f1').map(({ instance }) => instance)).size).toBe(3);
  expect(starts.of('f2')).toEqual([]);
  ends[0]!();
  await tick();
  expect(ends).toHaveLength(3);
  for (const end of ends) end();
  await starts.close();
  expect(starts.of('f1')).toEqual([]);
  expect(begun).toEqual(['f1', 'f1', 'f1']);
  expect(done).toEqual(['f1', 'f1', 'f1']);
});

test('close aborts what runs and begins nothing more', async () => {
  const starts = new Starts({ concurrency: 1, onBegin: () => undefined, onDone: () => undefined });
  const begun: number[] = [];
  const work = (i: number) => (_: string, signal: AbortSignal) => {
    begun.push(i);
    return new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
  };
  starts.begin(start, work(1));
  starts.begin(start, work(2));
  await tick();
  await starts.close();
  starts.begin(start, work(3));
  await tick();
  expect(begun).toEqual([1]);
});

test('what is done to one instance is done in turn, also after a failure', async () => {
  const locks = new InstanceLocks();
  const order: string[] = [];
  const slow = locks.run('a', async () => {
    await tick();
    order.push('pause');
    throw new Error('no');
  });
  const next = locks.run('a', async () => order.push('resume'));
  await locks.run('b', async () => order.push('other'));
  await expect(slow).rejects.toThrow('no');
  await next;
  expect(order).toEqual(['other', 'pause', 'resume']);
});
