import { PlatformError } from '@plat/platform-kit/errors.ts';
import { isRefusal } from './ask-instance.ts';

/** How far a call had come when its connection failed. */
export type Progress = {
  /** The request (its head at least) was given to a connection. */
  isSent: boolean;
  /** The instance had answered calls before, so the connection may be a kept one that it closed for being idle. */
  hasServed: boolean;
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

const BAD_REQUEST = new Set([
  'UND_ERR_INVALID_ARG',
  'UND_ERR_NOT_SUPPORTED',
  'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH',
]);
const LEFT_INDEX = new Set(['UND_ERR_CLOSED', 'UND_ERR_DESTROYED']);

/** The one place that says what a failure of undici or of a socket means to the caller. */
export function mapTransportFailure(cause: unknown, progress: Progress): TransportFailure {
  const { isSent, isAnswered } = progress;
  const code = (cause as { code?: string } | null)?.code ?? '';
  if (cause instanceof PlatformError) return { error: cause, retry: 'never', isUnreachable: false };
  if (!isSent && isRefusal(cause)) {
    const error = new PlatformError('function_failed', 'The instance takes no connections.', { cause });
    return { error, retry: 'elsewhere', isUnreachable: !LEFT_INDEX.has(code) };
  }
  if (BAD_REQUEST.has(code)) {
    const error = new PlatformError(
      'invalid',
      'The request cannot be forwarded: its path or a header is malformed.',
      { cause },
    );
    return { error, retry: 'never', isUnreachable: false };
  }
  if (isBadAnswer(cause, code)) {
    const error = new PlatformError('function_failed', 'The answer of the instance is not valid HTTP.', {
      cause,
      details: { reason: 'bad_answer' },
    });
    return { error, retry: 'never', isUnreachable: false };
  }
  const error = new PlatformError(
    'function_failed',
    'The instance exited or broke the connection during the call.',
    { cause, details: { reason: 'connection_broken' } },
  );
  return {
    error,
    retry: !isAnswered && isKeptConnection(cause, progress) ? 'same_instance' : 'never',
    isUnreachable: false,
  };
}

/** What undici's parser or Node's own checks of what they are asked to pass on make of an answer. */
function isBadAnswer(cause: unknown, code: string): boolean {
  if ((cause as { name?: string } | null)?.name === 'HTTPParserError') return true;
  return /^(ERR_|UND_ERR_(HEADERS_OVERFLOW|RES_))/.test(code);
}

/** undici tells how much came over the connection before, except when the system reset it. */
function isKeptConnection(cause: unknown, { hasServed }: Progress): boolean {
  const { code, socket } = cause as { code?: string; socket?: { bytesRead?: number } };
  if (socket?.bytesRead !== undefined) return socket.bytesRead > 0;
  return hasServed && (code === 'ECONNRESET' || code === 'EPIPE');
}
