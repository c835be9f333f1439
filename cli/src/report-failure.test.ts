import { PlatformError } from '@plat/platform-kit/errors.ts';
import pc from 'picocolors';
import { describe, expect, it } from 'vitest';
import { CliError } from './cli-error.ts';
import { reportFailure } from './report-failure.ts';

const colors = pc.createColors(false);

describe('reportFailure()', () => {
  it('shows message, lines and hint of an error of its own', () => {
    const error = new CliError('deployFailed', 'It failed.', { lines: ['one', 'two'], hint: 'Do this.' });
    expect(reportFailure(error, colors)).toEqual({
      text: 'error: It failed.\n  one\n  two\nDo this.\n',
      code: 8,
    });
  });

  it('says when to try again if the platform said so', () => {
    const busy = new PlatformError('unavailable', 'Busy.', { details: { retryAfterSeconds: 3 } });
    expect(reportFailure(busy, colors, 'r1').text).toBe(
      'error: Busy.\n(unavailable, request r1)\nTry again in 3 s.\n',
    );
  });

  it('points at the log of the request that crashed the function', () => {
    const crash = new PlatformError('function_failed', 'It crashed.');
    expect(reportFailure(crash, colors, 'r1')).toMatchObject({
      code: 7,
      text: expect.stringContaining('--request-id r1'),
    });
  });

  it('calls everything else a bug', () => {
    expect(reportFailure(new Error('what'), colors)).toMatchObject({
      code: 1,
      text: expect.stringContaining('a bug'),
    });
  });

  it('does not call an interrupt an error', () => {
    expect(reportFailure(new CliError('interrupted', 'Interrupted.'), colors)).toEqual({
      text: 'Interrupted.\n',
      code: 130,
    });
  });
});
