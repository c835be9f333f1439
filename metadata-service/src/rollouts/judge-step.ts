import type { RolloutPlan, StepFigures, VersionFigures } from '@plat/platform-kit/rollout.ts';

/** What is known of a step when it is judged. `elapsedMs`: since it began. */
export type StepObservations = StepFigures & { plan: RolloutPlan; elapsedMs: number };

/** `for`: what is missing. `roll_back` and `give_up` say why, for a person. */
export type Verdict =
  | { kind: 'wait'; for: 'time' }
  | { kind: 'wait'; for: 'calls'; message: string }
  | { kind: 'advance' }
  | { kind: 'roll_back'; cause: 'errors' | 'latency'; message: string }
  | { kind: 'give_up'; message: string };

/**
 * How sure it must be that the new version fails more often: standard deviations of a one-sided two-proportion z-test;
 * 2.58 are wrong once in 200 looks. One failed call of 20 is then no reason, two are.
 */
const CERTAINTY = 2.58;
/** Differences of p95 below this are noise, however short the calls are. */
const LATENCY_NOISE_MS = 10;

/**
 * Whether a step of a rollout is over, and how. Pure.
 *
 * The new version is taken back as soon as it has had `minCalls` calls and fails more often than the old one by more
 * than `maxErrorIncrease`; at the end of the step also when it is slower than `maxP95Ratio` allows. Nothing is concluded
 * from fewer than `minCalls` calls: the step waits, and gives up after `patienceMs`. Without calls of the old version to
 * compare with, two failed calls above `maxErrorIncrease` are enough, and p95 is not judged.
 */
export function judgeStep({ plan, elapsedMs, baseline, candidate }: StepObservations): Verdict {
  const { minCalls } = plan;
  if (candidate.calls >= minCalls) {
    if (failsMore(baseline, candidate, plan.maxErrorIncrease)) {
      return {
        kind: 'roll_back',
        cause: 'errors',
        message: `${share(candidate)} of the new version's calls failed, ${share(baseline)} of the old one's.`,
      };
    }
    if (elapsedMs < plan.stepMs) return { kind: 'wait', for: 'time' };
    return isSlower(baseline, candidate, plan)
      ? {
          kind: 'roll_back',
          cause: 'latency',
          message: `The new version's p95 is ${ms(candidate)}, the old one's ${ms(baseline)}.`,
        }
      : { kind: 'advance' };
  }
  if (elapsedMs < plan.stepMs) return { kind: 'wait', for: 'time' };
  const count = `The new version has had ${candidate.calls} of the ${minCalls} calls that it takes to judge it`;
  if (elapsedMs < plan.patienceMs) return { kind: 'wait', for: 'calls', message: `${count}.` };
  return {
    kind: 'give_up',
    message: `${count}, in ${Math.round(elapsedMs / 1000)} s. Promote, resume or abort the rollout.`,
  };
}

function failsMore(baseline: VersionFigures, candidate: VersionFigures, margin: number): boolean {
  const [before, now] = [rate(baseline), rate(candidate)];
  if (now - before <= margin) return false;
  if (baseline.calls === 0) return candidate.errors >= 2;
  const pooled = (baseline.errors + candidate.errors) / (baseline.calls + candidate.calls);
  const deviation = Math.sqrt(pooled * (1 - pooled) * (1 / baseline.calls + 1 / candidate.calls));
  return deviation === 0 || (now - before) / deviation >= CERTAINTY;
}

function isSlower(baseline: VersionFigures, candidate: VersionFigures, plan: RolloutPlan): boolean {
  if (baseline.calls < plan.minCalls || baseline.p95Ms === null || candidate.p95Ms === null) return false;
  return candidate.p95Ms > baseline.p95Ms * plan.maxP95Ratio + LATENCY_NOISE_MS;
}

function rate({ calls, errors }: VersionFigures): number {
  return calls === 0 ? 0 : errors / calls;
}

function share(figures: VersionFigures): string {
  return `${Math.round(rate(figures) * 1000) / 10} % (${figures.errors} of ${figures.calls})`;
}

function ms({ p95Ms }: VersionFigures): string {
  return `${Math.round(p95Ms ?? 0)} ms`;
}
