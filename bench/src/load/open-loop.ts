import { percentile } from '../statistics.ts';
import type { Target } from './closed-loop.ts';
import { offer } from './offer.ts';

export type OpenSample = { sent: number; failed: number; p50Ms: number; p95Ms: number; p99Ms: number };

/** What came of calls at a constant rate, whether answers came or not. */
export async function openLoop(
  target: Target,
  load: { perSecond: number; seconds: number },
): Promise<OpenSample> {
  const answers = await offer(target, load);
  const at = (part: number) =>
    percentile(
      answers.map(({ ms }) => ms),
      part,
    );
  const failed = answers.filter(({ status }) => status !== 200).length;
  return { sent: answers.length, failed, p50Ms: at(0.5), p95Ms: at(0.95), p99Ms: at(0.99) };
}
