import { describe, expect, it, vi } from 'vitest';
import { Call } from '../server/call.cjs';
import { describeError, invokeHandler } from '../server/invoke-handler.cjs';

const invoke = (
  handler: (event: unknown, context: unknown, done: (error: unknown, result?: unknown) => void) => unknown,
) =>
  invokeHandler({
    handler,
    event: {},
    context: {},
    call: new Call({ requestId: 'r', timeoutMs: 1_000, nowMs: 0 }),
  });

describe('invokeHandler()', () => {
  it('waits for the callback of a handler that declares one, and for nothing else', async () => {
    expect(await invoke((_event, _context, done) => void setImmediate(() => done(null, 1)))).toBe(1);
    expect(await invoke(() => undefined)).toBeUndefined();
    expect(await invoke(async (_event, _context, _done) => undefined)).toBeUndefined();
  });

  it('rejects with what the callback or the handler failed with', async () => {
    await expect(invoke((_event, _context, done) => done(new Error('told')))).rejects.toThrow('told');
    await expect(
      invoke(() => {
        throw new Error('thrown');
      }),
    ).rejects.toThrow('thrown');
  });

  it('warns of a second answer and ignores it', async () => {
    const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const answer = await invoke((_event, _context, done) => {
      done(null, 'first');
      return 'second';
    });
    expect(answer).toBe('first');
    expect(write).toHaveBeenCalledWith(expect.stringContaining('second time'));
    write.mockRestore();
  });
});

describe('describeError()', () => {
  it('describes whatever can be thrown', () => {
    expect(describeError(new TypeError('a'))).toEqual({ errorType: 'TypeError', errorMessage: 'a' });
    expect(describeError('text')).toEqual({ errorType: 'string', errorMessage: 'text' });
    expect(describeError(undefined)).toEqual({ errorType: 'undefined', errorMessage: 'undefined' });
    expect(describeError({ code: 7 })).toEqual({ errorType: 'object', errorMessage: '{ code: 7 }' });
    const hostile = Object.defineProperty(new Error('x'), 'message', { get: () => { throw new Error('no'); } }); // prettier-ignore
    expect(describeError(hostile).errorType).toBe('Error');
  });
});
