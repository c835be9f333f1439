import { expect, test } from 'vitest';
import type { LogLine } from '@plat/platform-kit/domain.ts';
import { NO_LINES, addLines, newLines } from './line-buffer.ts';

const line = (at: number, text: string): LogLine => ({
  at: new Date(at).toISOString(),
  instance: 'i',
  version: 1,
  stream: 'stdout',
  requestId: null,
  text,
});

test('addLines() keeps the newest lines and counts those it dropped', () => {
  const all = addLines(NO_LINES, [line(1, 'a'), line(2, 'b'), line(3, 'c')], 2);
  expect(all.lines.map(({ text }) => text)).toEqual(['b', 'c']);
  expect(addLines(all, [line(4, 'd')], 2)).toMatchObject({ dropped: 2 });
});

test('newLines() passes over what a stream repeats that was opened again, and nothing else', () => {
  const before = addLines(NO_LINES, [line(1, 'a'), line(2, 'b'), line(2, 'b')]);
  const again = [line(2, 'b'), line(2, 'b'), line(2, 'b'), line(2, 'c'), line(3, 'a')];
  expect(again.filter(newLines(before)).map(({ text }) => text)).toEqual(['b', 'c', 'a']);
});
