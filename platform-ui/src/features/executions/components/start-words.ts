import type { Execution } from '@plat/platform-kit/domain.ts';
import type { WakeRung } from '@plat/platform-kit/execution.ts';

const FROM: Record<WakeRung, string> = {
  hot: 'Warm',
  paused: 'Cold: was paused',
  stopped: 'Cold: was stopped',
  pool: 'Cold: from the pool',
  new: 'Cold: a new one',
};

export const START_OPTIONS = [
  { value: 'warm', label: 'Warm' },
  { value: 'cold', label: 'Cold' },
  { value: 'paused', label: 'Cold: was paused' },
  { value: 'stopped', label: 'Cold: was stopped' },
  { value: 'pool', label: 'Cold: from the pool' },
  { value: 'new', label: 'Cold: a new one' },
] as const;

/** Where the call's instance came from. */
export function startWords({ rung, cold, instance }: Pick<Execution, 'rung' | 'cold' | 'instance'>): string {
  if (instance === null && !cold) return '–';
  return cold && rung === 'hot' ? 'Cold' : FROM[rung];
}
