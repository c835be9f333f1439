import { PlatformError } from '@plat/platform-kit/errors.ts';
import { BodyLost } from '@plat/platform-kit/upstream/request-body.ts';
import { BadRequest, ConnectionBroken, PoolClosed } from '@plat/platform-kit/upstream/upstream-error.ts';
import { isRefusal } from './ask-instance.ts';

/** How far a call had come when its connection failed. */
export type Progress = {
  /** The request (its head at least) was given to a connection. */
  isSent: boolean;
  /** Something of an answer had arrived. */
  isAnswered: boolean;
};

export type TransportFailure = {
  error: PlatformError;
  /** `elsewhere`: nothing was sent. `same_instance`: an idle connection was perhaps closed; safe for idempotent calls. */
  retry: 'elsewhere' | 'same_instance' | 'never';
  /** The instance took no connection: it gets no more calls until it is seen ready again. */
  isUnreachable: boolean;
};

/** The one place that says what a failure on the way to an instance means to the caller. */
export function mapTransportFailure(cause: unknown, { isSent, isAnswered }: Progress): TransportFailure {
  const never = { retry: 'never', isUnreachable: false } as const;
  if (cause instanceof PlatformError) return { error: cause, ...never };
  if (!isSent && isRefusal(cause)) {
    const error = new PlatformError('function_failed', 'The instance takes no connections.', { cause });
    return { error, retry: 'elsewhere', isUnreachable: !(cause instanceof PoolClosed) };
  }
  if (cause instanceof BodyLost)
    return { error: new PlatformError('client_closed', cause.message, { cause }), ...never };
  if (cause instanceof BadRequest) {
    const error = new PlatformError(
      'invalid',
      'The request cannot be forwarded: its path or a header is malformed.',
      { cause },
    );
    return { error, ...never };
  }
  if (!(cause instanceof ConnectionBroken)) {
    const error = new PlatformError('function_failed', 'The answer of the instance is not valid HTTP.', {
      cause,
      details: { reason: 'bad_answer' },
    });
    return { error, ...never };
  }
  const error = new PlatformError(
    'function_failed',
    'The instance exited or broke the connection during the call.',
    { cause, details: { reason: 'connection_broken' } },
  );
  return {
    error,
    retry: !isAnswered && cause.wasKept ? 'same_instance' : 'never',
    isUnreachable: false,
  };
}
