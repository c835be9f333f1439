import { get, type IncomingMessage } from 'node:http';
import type { Target } from '../load/closed-loop.ts';

const TIMEOUT_MS = 30_000;

/**
 * One call over a connection of its own, in ms; throws unless it is answered with 200. By the plainest client there is: fifty
 * at once share the machine with what they measure.
 */
export async function timeCall({ url, headers }: Target): Promise<number> {
  const begin = performance.now();
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const asked = get(url, { headers: headers ?? {}, agent: false, timeout: TIMEOUT_MS }, resolve);
    asked.on('timeout', () => asked.destroy(new Error(`${url} did not answer in time.`)));
    asked.on('error', reject);
  });
  let text = '';
  for await (const chunk of answer) text += String(chunk);
  if (answer.statusCode !== 200) throw new Error(`A call was answered with ${answer.statusCode}: ${text}`);
  return performance.now() - begin;
}
