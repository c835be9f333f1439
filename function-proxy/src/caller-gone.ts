import type { Response } from 'express';

/** Aborts when the caller leaves: a wait that nobody hears of ends with it. */
export function callerGone(res: Response): AbortSignal {
  const gone = new AbortController();
  res.once('close', () => gone.abort());
  return gone.signal;
}
