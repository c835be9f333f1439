import { describe, expect, it } from 'vitest';
import { BodyTap } from './body-capture.ts';

function tapped(headers: Record<string, string>, chunks: (string | Buffer)[], limitBytes = 10) {
  const tap = new BodyTap(limitBytes);
  tap.begin(headers);
  for (const chunk of chunks) tap.add(Buffer.from(chunk));
  return tap.take();
}

describe('BodyTap', () => {
  it('keeps a short text whole', () => {
    expect(tapped({ 'content-type': 'text/plain; charset=utf-8' }, ['hel', 'lo'])).toEqual({
      contentType: 'text/plain; charset=utf-8',
      text: 'hello',
      bytes: 5,
      isCut: false,
      isRedacted: false,
      omitted: null,
    });
  });

  it('keeps no more than its limit, counts all, and never ends in half a character', () => {
    const kept = tapped({ 'content-type': 'application/json' }, ['123456789ä', 'more']);
    expect(kept).toMatchObject({ text: '123456789', bytes: 15, isCut: true });
  });

  it.each([
    [{ 'content-type': 'image/png' }, 'content_type'],
    [{}, 'content_type'],
    [{ 'content-type': 'application/json', 'content-encoding': 'gzip' }, 'encoding'],
  ])('keeps nothing of %j', (headers, omitted) => {
    expect(tapped(headers, ['abc'])).toMatchObject({ text: null, bytes: 3, omitted });
  });

  it('is null without a body, and begins anew when the call is sent again', () => {
    expect(tapped({ 'content-type': 'text/plain' }, [])).toBeNull();
    const tap = new BodyTap(10);
    tap.begin({ 'content-type': 'text/plain' });
    tap.add(Buffer.from('first'));
    tap.begin({ 'content-type': 'text/plain' });
    tap.add(Buffer.from('second'));
    expect(tap.take()).toMatchObject({ text: 'second', bytes: 6 });
  });
});
