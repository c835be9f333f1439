import type { Target } from '../load/closed-loop.ts';

/** One call over a connection of its own, in ms; throws unless it is answered with 200. */
export async function timeCall({ url, headers }: Target): Promise<number> {
  const begin = performance.now();
  const answer = await fetch(url, { headers: headers ?? {}, signal: AbortSignal.timeout(30_000) });
  const text = await answer.text();
  if (answer.status !== 200) throw new Error(`A call was answered with ${answer.status}: ${text}`);
  return performance.now() - begin;
}
