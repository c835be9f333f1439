import { deadline, pause } from '@plat/platform-kit/waiting.ts';
import { askInstance } from './ask-instance.ts';
import type { Instance } from './instance.ts';
import { judgeProbe, type Contract, type ProbeResult, type Verdict } from './judge-probe.ts';

const MIN_INTERVAL_MS = 5;
/** What runs already only has to load its code. */
const POOL_INTERVAL_MS = 2;
const MAX_INTERVAL_MS = 100;
/** What a start may take longer because nobody asked, as a part of itself. */
const LATE_PART = 0.08;
const ATTEMPT_TIMEOUT_MS = 1000;

/**
 * Asks an instance until it is ready or failed, at most `timeoutMs`; undefined when `signal` aborted.
 */
export async function probeInstance(
  instance: Instance,
  options: { contract: Contract; timeoutMs: number; signal: AbortSignal },
): Promise<Exclude<Verdict, { state: 'again' }> | undefined> {
  const { contract, timeoutMs, signal } = options;
  const begin = performance.now();
  const end = begin + timeoutMs;
  let last: ProbeResult = { kind: 'refused' };
  while (!signal.aborted) {
    const left = end - performance.now();
    if (left <= 0) return { state: 'failed', reason: describeTimeout(contract, last, timeoutMs) };
    const attempt = deadline(Math.min(ATTEMPT_TIMEOUT_MS, left), signal);
    last = await askInstance(instance, '/_plat/ready', attempt);
    const verdict = judgeProbe(contract, last);
    if (signal.aborted) return undefined;
    if (verdict.state !== 'again') return verdict;
    await pause(probeIntervalMs(performance.now() - begin, instance.cameFrom), signal);
  }
  return undefined;
}

/**
 * Until an instance is asked again that has been asked for so long: who is ready early is found early, and who takes
 * long is not kept busy by the question.
 */
export function probeIntervalMs(elapsedMs: number, cameFrom: Instance['cameFrom'] = 'new'): number {
  const leastMs = cameFrom === 'pool' ? POOL_INTERVAL_MS : MIN_INTERVAL_MS;
  return Math.min(Math.max(elapsedMs * LATE_PART, leastMs), MAX_INTERVAL_MS);
}

function describeTimeout(contract: Contract, last: ProbeResult, timeoutMs: number): string {
  const reason = `it was not ready after ${Math.round(timeoutMs / 1000)} seconds`;
  if (contract !== 'http') return reason;
  return last.kind === 'answer'
    ? `${reason}: its server answers with ${last.status}`
    : `${reason}: nothing listens on the port that the variable PORT names; a server has to listen there on all addresses (0.0.0.0)`;
}
