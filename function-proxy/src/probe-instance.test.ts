import { expect, test } from 'vitest';
import { probeIntervalMs } from './probe-instance.ts';

test('probeIntervalMs() finds a start out within a tenth of its time, and asks a slow one seldom', () => {
  const questions = (untilMs: number) => {
    const asked = [0];
    while (asked.at(-1)! < untilMs) asked.push(asked.at(-1)! + probeIntervalMs(asked.at(-1)!));
    return asked;
  };
  for (const readyMs of [60, 150, 300, 1000])
    expect(questions(readyMs).at(-1)! - readyMs).toBeLessThan(Math.max(5, readyMs / 10));
  expect(questions(300).length).toBeLessThan(40);
  expect(questions(30_000).length).toBeLessThan(400);
});
