import { expect, test } from 'vitest';
import { functionView } from '../../../testing/function-view.ts';
import { planGuide } from './plan-guide.ts';

const done = (there: Parameters<typeof planGuide>[0]) => planGuide(there).map(({ isDone }) => isDone);

test('planGuide() ticks off what was done, and is over when a function was called and deployed again', () => {
  expect(done({ functions: [], hasCalls: false })).toEqual([false, false, false]);
  expect(done({ functions: [functionView()], hasCalls: false })).toEqual([true, false, false]);
  expect(done({ functions: [functionView({ latest: 2 })], hasCalls: true })).toEqual([true, true, true]);
});

test('planGuide() names a function that can be called, and its project', () => {
  const functions = [
    functionView({ name: 'broken', status: 'failed' }),
    functionView({ name: 'cart', project: 'shop' }),
  ];
  expect(planGuide({ functions, hasCalls: false })[1]!.command).toBe(
    `npx plat invoke cart -p shop -d '{"name":"Ada"}'`,
  );
});
