import { expect, test } from 'vitest';
import { drawGoals } from './draw-goals.ts';

test('drawGoals() draws what falls short in red and what holds in green, each against its goal', () => {
  const svg = drawGoals(
    [
      { name: 'a <part> of direct', measured: 0.5, limit: 0.4, sense: 'at least' },
      { name: 'added', measured: 0.3, limit: 0.1, sense: 'at most' },
      { name: 'failed', measured: 0, limit: 0, sense: 'at most' },
    ],
    'this machine',
  );
  expect(svg.match(/#2e7d32/g)).toHaveLength(2);
  expect(svg.match(/#c62828/g)).toHaveLength(1);
  expect(svg).toContain('a &lt;part&gt; of direct');
  expect(svg).toContain('0.5 (≥ 0.4)');
  expect(svg).not.toContain('NaN');
});
