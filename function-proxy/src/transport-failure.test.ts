import { PlatformError } from '@plat/platform-kit/errors.ts';
import { describe, expect, it } from 'vitest';
import { mapTransportFailure } from './transport-failure.ts';

const sent = { isSent: true, hasServed: true, isAnswered: false };
const unsent = { isSent: false, hasServed: true, isAnswered: false };
const failure = (fields: object) => Object.assign(new Error('x'), fields);

describe('mapTransportFailure()', () => {
  it('sends a call elsewhere when no connection came about', () => {
    expect(mapTransportFailure(failure({ code: 'ECONNREFUSED' }), unsent)).toMatchObject({
      retry: 'elsewhere',
      isUnreachable: true,
    });
    expect(mapTransportFailure(failure({ code: 'UND_ERR_CLOSED' }), unsent)).toMatchObject({
      retry: 'elsewhere',
      isUnreachable: false,
    });
  });

  it('tells a kept connection that was closed from an instance that broke', () => {
    const kept = failure({ code: 'UND_ERR_SOCKET', socket: { bytesRead: 10 } });
    const fresh = failure({ code: 'UND_ERR_SOCKET', socket: { bytesRead: 0 } });
    expect(mapTransportFailure(kept, sent)).toMatchObject({
      retry: 'same_instance',
      error: { code: 'function_failed' },
    });
    expect(mapTransportFailure(kept, { ...sent, isAnswered: true }).retry).toBe('never');
    expect(mapTransportFailure(fresh, sent).retry).toBe('never');
    expect(mapTransportFailure(failure({ code: 'ECONNRESET' }), sent).retry).toBe('same_instance');
    expect(mapTransportFailure(failure({ code: 'ECONNRESET' }), { ...sent, hasServed: false }).retry).toBe(
      'never',
    );
  });

  it('keeps an error of our own as it is', () => {
    const error = new PlatformError('too_large', 'x');
    expect(mapTransportFailure(error, sent)).toEqual({ error, retry: 'never', isUnreachable: false });
  });

  it('says whether the request or the answer was malformed', () => {
    expect(mapTransportFailure(failure({ code: 'UND_ERR_INVALID_ARG' }), unsent).error.code).toBe('invalid');
    expect(mapTransportFailure(failure({ name: 'HTTPParserError' }), sent).error.details).toEqual({
      reason: 'bad_answer',
    });
    expect(mapTransportFailure(failure({ code: 'ERR_INVALID_CHAR' }), sent).error.details).toEqual({
      reason: 'bad_answer',
    });
  });
});
