import { describe, expect, it } from 'vitest';
import { formatTable, truncate } from './table.ts';

describe('formatTable()', () => {
  it('aligns columns by the width characters take on a terminal', () => {
    const rows = [
      ['NAME', 'X'],
      ['日本', '1'],
      ['né', '2'],
      ['👩‍👩‍👧', '3'],
    ];
    expect(formatTable(rows)).toBe('NAME  X\n日本  1\nné    2\n👩‍👩‍👧    3\n');
  });

  it('leaves no space at the end of a line and keeps control characters out', () => {
    expect(
      formatTable([
        ['a', ''],
        ['b\u001b[2J\nc', 'd'],
      ]),
    ).toBe('a\nb [2J c  d\n');
  });

  it('cuts lines to the width of the terminal, and only then', () => {
    const rows = [['hello', 'http://localhost:8080/function/hello']];
    expect(formatTable(rows, { columns: 12 })).toBe('hello  http…\n');
    expect(formatTable(rows)).toContain('function/hello\n');
  });
});

describe('truncate()', () => {
  it('does not cut a wide character in half', () => {
    expect(truncate('日本語', 4)).toBe('日…');
    expect(truncate('日本語', 6)).toBe('日本語');
  });
});
