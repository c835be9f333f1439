import { deadline, pause } from '@plat/platform-kit/waiting.ts';
import { askInstance } from './ask-instance.ts';
import type { Instance } from './instance.ts';
import { judgeProbe, type Contract, type ProbeResult, type Verdict } from './judge-probe.ts';

const FIRST_INTERVAL_MS = 10;
const MAX_INTERVAL_MS = 100;
const ATTEMPT_TIMEOUT_MS = 1000;

/**
 * Asks an instance until it is ready or failed, at most `timeoutMs`; undefined when `signal` aborted. The interval
 * grows from 10 to 100 ms: most instances are ready early, the others must not be kept busy by the question.
 */
export async function probeInstance(
  instance: Instance,
  options: { contract: Contract; timeoutMs: number; signal: AbortSignal },
): Promise<Exclude<Verdict, { state: 'again' }> | undefined> {
  const { contract, timeoutMs, signal } = options;
  const end = performance.now() + timeoutMs;
  let intervalMs = FIRST_INTERVAL_MS;
  let last: ProbeResult = { kind: 'refused' };
  while (!signal.aborted) {
    const left = end - performance.now();
    if (left <= 0) return { state: 'failed', reason: describeTimeout(contract, last, timeoutMs) };
    const attempt = deadline(Math.min(ATTEMPT_TIMEOUT_MS, left), signal);
    last = await askInstance(instance, '/_plat/ready', attempt);
    const verdict = judgeProbe(contract, last);
    if (signal.aborted) return undefined;
    if (verdict.state !== 'again') return verdict;
    await pause(intervalMs, signal);
    intervalMs = Math.min(intervalMs * 1.5, MAX_INTERVAL_MS);
  }
  return undefined;
}

function describeTimeout(contract: Contract, last: ProbeResult, timeoutMs: number): string {
  const reason = `it was not ready after ${Math.round(timeoutMs / 1000)} seconds`;
  if (contract !== 'http') return reason;
  return last.kind === 'answer'
    ? `${reason}: its server answers with ${last.status}`
    : `${reason}: nothing listens on the port that the variable PORT names; a server has to listen there on all addresses (0.0.0.0)`;
}
