import { LABELS } from '@plat/platform-kit/docker/labels.ts';
import type { ManagedContainer, PooledContainer } from '@plat/platform-kit/docker/managed-containers.ts';
import { expect, test } from 'vitest';
import { SharedLists, type Listed } from './shared-lists.ts';

const instance = (functionId: string) =>
  ({ id: `of-${functionId}`, labels: { functionId } }) as ManagedContainer;
const waiting = { id: 'warm' } as PooledContainer;

/** An engine whose lists end when the test says so. */
function engine(all: Listed) {
  const asked: (string | undefined)[] = [];
  const pending: ((outcome: Listed | Error) => void)[] = [];
  const lists = new SharedLists((label) => {
    asked.push(label);
    return new Promise((resolve, reject) =>
      pending.push((outcome) => (outcome instanceof Error ? reject(outcome) : resolve(outcome))),
    );
  });
  const end = async (outcome: Listed | Error = all) => {
    for (const settle of pending.splice(0)) settle(outcome);
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { lists, asked, end };
}

const tick = () => new Promise((resolve) => setImmediate(resolve));

test('one function is asked for by its label, and by that of pools', async () => {
  const { lists, asked, end } = engine({ instances: [instance('a'), instance('b')], pooled: [waiting] });
  const found = lists.instances('a');
  await tick();
  expect(asked).toEqual([`${LABELS.functionId}=a`, LABELS.pool]);
  await end({ instances: [instance('a')], pooled: [] });
  expect((await found).map(({ id }) => id)).toContain('of-a');
});

test('who asks while a list is under way gets a later one, and shares it', async () => {
  const { lists, asked, end } = engine({ instances: [instance('a'), instance('b')], pooled: [waiting] });
  const first = lists.instances('a');
  await tick();
  const others = Promise.all(['a', 'b', 'c', 'd'].map((id) => lists.instances(id)));
  const pooled = lists.pooled();
  await tick();
  expect(asked).toHaveLength(2);
  await end();
  await first;
  expect(asked.slice(2)).toEqual([undefined]);
  await end();
  expect((await others).map((found) => found.map(({ id }) => id))).toEqual([['of-a'], ['of-b'], [], []]);
  expect((await pooled).map(({ id }) => id)).toEqual(['warm']);
});

test('a list that fails is told to all who share it, and the next one is asked for anew', async () => {
  const { lists, asked, end } = engine({ instances: [instance('a')], pooled: [] });
  const failing = Promise.allSettled([lists.instances(), lists.pooled()]);
  await tick();
  await end(new Error('away'));
  expect((await failing).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  const found = lists.instances();
  await tick();
  expect(asked).toEqual([undefined, undefined]);
  await end();
  expect((await found).map(({ id }) => id)).toEqual(['of-a']);
});
