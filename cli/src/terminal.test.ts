import { describe, expect, it } from 'vitest';
import { stripControls } from './terminal.ts';

describe('stripControls()', () => {
  it('keeps text, tabs and colour', () => {
    expect(stripControls('a\tb \u001b[1;31mred\u001b[0m é 日本')).toBe(
      'a\tb \u001b[1;31mred\u001b[0m é 日本',
    );
  });

  it.each([
    ['\u001b]0;title\u0007x', 'x'],
    ['\u001b]8;;http://evil\u001b\\link\u001b]8;;\u001b\\', 'link'],
    ['\u001b[2J\u001b[Hx', 'x'],
    ['\u001b[?1049hx', 'x'],
    ['a\rb\u0008c\u0000', 'abc'],
    ['\u009b31mx', '31mx'],
    ['x\u001b', 'x'],
  ])('takes %j down to %j', (text, expected) => {
    expect(stripControls(text)).toBe(expected);
  });
});
