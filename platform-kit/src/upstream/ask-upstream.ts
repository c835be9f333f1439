import { bytesBody } from './request-body.ts';
import type { AnswerHead } from './answer-head.ts';
import type { UpstreamPool } from './upstream-pool.ts';

export type Asked = { method: string; path: string; headers?: readonly string[]; body?: Buffer };
export type Answered = { status: number; headers: string[]; body: Buffer };

/**
 * One request with its whole answer, for what is not passed on: of a body beyond `limitBytes` nothing is kept, and the
 * connection is cut. Rejects with the pool's errors, or with the reason of `signal`.
 */
export function askUpstream(
  pool: UpstreamPool,
  { method, path, headers = [], body }: Asked,
  { limitBytes, signal }: { limitBytes: number; signal: AbortSignal },
): Promise<Answered> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason as Error);
    let head: AnswerHead | undefined;
    let bytes = 0;
    const chunks: Buffer[] = [];
    const settle = (): Answered => {
      signal.removeEventListener('abort', onAbort);
      return {
        status: head!.status,
        headers: head!.headers,
        body: Buffer.concat(bytes > limitBytes ? [] : chunks),
      };
    };
    const withLength = body ? [...headers, 'content-length', String(body.length)] : headers;
    const request = { method, path, headers: withLength, body: body && bytesBody(body) };
    const exchange = pool.send(request, {
      onSent: () => undefined,
      onInterim: () => undefined,
      onHead: (received) => (head = received),
      onData: (chunk) => {
        bytes += chunk.length;
        if (bytes <= limitBytes) chunks.push(Buffer.from(chunk));
        else {
          exchange.abort();
          resolve(settle());
        }
        return true;
      },
      onFlush: () => undefined,
      onEnd: () => resolve(settle()),
      onFail: (error) => {
        signal.removeEventListener('abort', onAbort);
        reject(error);
      },
    });
    const onAbort = () => {
      exchange.abort();
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', onAbort, { once: true });
  });
}
