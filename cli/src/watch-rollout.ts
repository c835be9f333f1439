import { isRolloutOver, type RolloutView } from '@plat/platform-kit/rollout.ts';
import type { ServerSentEvent } from '@plat/platform-kit/sse.ts';
import { backoffMs, deadline, pause } from '@plat/platform-kit/waiting.ts';
import { CliError } from './cli-error.ts';
import { isTransient } from './watch-version.ts';

/** How often in a row the stream may break off before the watcher gives up. */
const MAX_FAILURES = 10;
/** What a platform that is slow or restarts may take, beside the steps themselves. */
const SLACK_MS = 120_000;

export type WatchRolloutOptions = {
  /** Opens the event stream; called again after it was cut. */
  open: (signal: AbortSignal) => AsyncIterable<ServerSentEvent>;
  /** Told each state; true when the watcher need not wait any longer. */
  onState: (rollout: RolloutView) => Promise<boolean>;
  signal: AbortSignal;
  backoff?: (failures: number) => number;
};

/**
 * Follows a rollout until it is over, or `onState` has seen enough. The platform goes on with it whether anybody
 * watches or not. Rejects as `watchVersion` does.
 */
export async function watchRollout(first: RolloutView, options: WatchRolloutOptions): Promise<RolloutView> {
  const signal = deadline(longestMs(first), options.signal);
  const backoff =
    options.backoff ?? ((failures: number) => backoffMs(failures, { baseMs: 200, maxMs: 5000 }));
  for (let failures = 0; ;) {
    try {
      for await (const { data } of options.open(signal)) {
        failures = 0;
        const rollout = data as RolloutView;
        if ((await options.onState(rollout)) || isRolloutOver(rollout.state)) return rollout;
      }
    } catch (error) {
      if (!signal.aborted && (!isTransient(error) || failures >= MAX_FAILURES)) throw error;
    }
    options.signal.throwIfAborted();
    if (signal.aborted) throw new CliError('network', 'The rollout takes longer than its plan allows.');
    if (++failures > MAX_FAILURES)
      throw new CliError('network', 'The event stream of the rollout breaks off again and again.');
    await pause(backoff(failures), signal);
  }
}

/** No step takes longer than its patience, or it is paused. A timer holds 24 days at most. */
function longestMs({ plan }: RolloutView): number {
  const stepsMs = plan.steps.length * Math.max(plan.stepMs, plan.patienceMs);
  return Math.min(stepsMs + SLACK_MS, 2 ** 31 - 1);
}
