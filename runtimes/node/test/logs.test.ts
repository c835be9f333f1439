import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLineFramer } from '../server/logs.cjs';

describe('createLineFramer()', () => {
  let written = '';
  let requestId: string | undefined;
  const framer = () =>
    createLineFramer({
      write: (chunk) => void (written += Buffer.from(chunk).toString('utf8')),
      currentCall: () => (requestId === undefined ? undefined : { requestId }),
    });

  beforeEach(() => {
    written = '';
    requestId = 'r';
    vi.useFakeTimers();
  });
  afterEach(() => vi.useRealTimers());

  it('prefixes every line of a call and holds what has no newline yet', () => {
    const { print, flush } = framer();
    print(Buffer.from('a\n\nb'));
    expect(written).toBe('\x1er\x1fa\n\x1er\x1f\n');
    print(Buffer.from('c\n'));
    expect(written).toBe('\x1er\x1fa\n\x1er\x1f\n\x1er\x1fbc\n');
    print(Buffer.from('end'));
    flush('r');
    expect(written.endsWith('\x1er\x1fend\n')).toBe(true);
  });

  it('writes a line without a newline after two seconds', () => {
    const { print } = framer();
    print(Buffer.from('progress'));
    expect(written).toBe('');
    vi.advanceTimersByTime(2_000);
    expect(written).toBe('\x1er\x1fprogress\n');
  });

  it('passes what is printed outside of a call, and ends its open line before a line of a call', () => {
    const { print } = framer();
    requestId = undefined;
    print(Buffer.from('outside'));
    requestId = 'r';
    print(Buffer.from('inside\n'));
    expect(written).toBe('outside\n\x1er\x1finside\n');
  });

  it('cuts long lines between characters', () => {
    const { print } = framer();
    print(Buffer.from(`${'x'.repeat(65_535)}ü${'y'.repeat(10)}`));
    print(Buffer.from('\n'));
    expect(written.split('\n').slice(0, 2)).toEqual([
      `\x1er\x1f${'x'.repeat(65_535)}`,
      `\x1er\x1fü${'y'.repeat(10)}`,
    ]);
  });
});
