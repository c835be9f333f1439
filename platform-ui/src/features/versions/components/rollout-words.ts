import { isRolloutOver, type RolloutView, type VersionFigures } from '@plat/platform-kit/rollout.ts';
import type { Tone } from '../../../components/state-mark.tsx';
import { formatMs, formatShare } from '../../../format/numbers.ts';

export const ROLLOUT_STATES: Record<RolloutView['state'], { tone: Tone; label: string }> = {
  pending: { tone: 'busy', label: 'Waits for its version' },
  running: { tone: 'busy', label: 'Under way' },
  paused: { tone: 'warning', label: 'Paused' },
  completed: { tone: 'good', label: 'Completed' },
  rolled_back: { tone: 'bad', label: 'Rolled back' },
  aborted: { tone: 'quiet', label: 'Aborted' },
  superseded: { tone: 'quiet', label: 'Superseded' },
  failed: { tone: 'bad', label: 'Failed' },
};

export type StepMark = 'done' | 'current' | 'failed' | 'ahead';

/** Which steps of a rollout are behind it, under way, what it failed at, or ahead; none is under way before it began. */
export function stepMarks({ state, plan, step }: Pick<RolloutView, 'state' | 'plan' | 'step'>): StepMark[] {
  const isOver = isRolloutOver(state);
  return plan.steps.map((_, index) => {
    if (state === 'completed' || (state !== 'pending' && index < step)) return 'done';
    if (state === 'rolled_back' && index === step) return 'failed';
    return !isOver && state !== 'pending' && index === step ? 'current' : 'ahead';
  });
}

/** `40 calls, 2.5 % failed, p95 3 ms`. */
export function figureWords({ calls, errors, p95Ms }: VersionFigures): string {
  if (calls === 0) return 'no calls';
  const failed = formatShare(errors / calls);
  return `${calls} ${calls === 1 ? 'call' : 'calls'}, ${failed} failed${p95Ms === null ? '' : `, p95 ${formatMs(p95Ms)}`}`;
}
