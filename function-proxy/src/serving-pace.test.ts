import { expect, it } from 'vitest';
import { ServingPace } from './serving-pace.ts';

function paced(everyMs: number, times: number, pace = new ServingPace(), fromMs = 0): ServingPace {
  for (let n = 0; n < times; n++) pace.served(fromMs + n * everyMs);
  return pace;
}

it('expects those that wait to be served at the pace of those before them', () => {
  expect(paced(100, 30).expectedMs(50)).toBeCloseTo(5000);
});

it('expects nothing before it has seen enough, nor of an earlier queue', () => {
  expect(paced(1000, 20).expectedMs(1000)).toBe(0);
  const pace = paced(1000, 100);
  pace.reset();
  expect(pace.expectedMs(1000)).toBe(0);
});

it('follows when more instances come', () => {
  const pace = paced(100, 30);
  paced(10, 60, pace, 2910);
  expect(pace.expectedMs(100)).toBeLessThan(1200);
});
