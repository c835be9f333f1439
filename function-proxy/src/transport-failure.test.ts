import { PlatformError } from '@plat/platform-kit/errors.ts';
import {
  BadAnswer,
  BadRequest,
  ConnectionBroken,
  PoolClosed,
} from '@plat/platform-kit/upstream/upstream-error.ts';
import { describe, expect, it } from 'vitest';
import { mapTransportFailure } from './transport-failure.ts';

const sent = { isSent: true, isAnswered: false };
const unsent = { isSent: false, isAnswered: false };

describe('mapTransportFailure()', () => {
  it('sends a call elsewhere when no connection came about', () => {
    const refused = Object.assign(new Error('x'), { code: 'ECONNREFUSED' });
    expect(mapTransportFailure(refused, unsent)).toMatchObject({ retry: 'elsewhere', isUnreachable: true });
    expect(mapTransportFailure(new PoolClosed(), unsent)).toMatchObject({
      retry: 'elsewhere',
      isUnreachable: false,
    });
  });

  it('tells a kept connection that was closed from an instance that broke', () => {
    const kept = new ConnectionBroken({ wasKept: true });
    const fresh = new ConnectionBroken({ wasKept: false });
    expect(mapTransportFailure(kept, sent)).toMatchObject({
      retry: 'same_instance',
      error: { code: 'function_failed' },
    });
    expect(mapTransportFailure(kept, { ...sent, isAnswered: true }).retry).toBe('never');
    expect(mapTransportFailure(fresh, sent).retry).toBe('never');
  });

  it('keeps an error of our own as it is', () => {
    const error = new PlatformError('too_large', 'x');
    expect(mapTransportFailure(error, sent)).toEqual({ error, retry: 'never', isUnreachable: false });
  });

  it('says whether the request or the answer was malformed', () => {
    expect(mapTransportFailure(new BadRequest('x'), unsent).error.code).toBe('invalid');
    for (const cause of [new BadAnswer('x'), Object.assign(new Error('x'), { code: 'ERR_INVALID_CHAR' })]) {
      expect(mapTransportFailure(cause, sent).error.details).toEqual({ reason: 'bad_answer' });
    }
  });
});
