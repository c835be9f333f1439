import type { RolloutPlanInput } from '@plat/platform-kit/rollout.ts';
import type { z } from 'zod';
import { CliError } from './cli-error.ts';

export type RolloutFlags = {
  canary?: number[];
  /** Milliseconds. */
  step?: number;
  minCalls?: number;
  maxErrors?: number;
  maxSlowdown?: number;
  patience?: number;
};

const DEFAULT_STEP_MS = 60_000;

/** What the flags ask for, as the API takes it; undefined without `--canary`. */
export function planOf(flags: RolloutFlags): z.input<typeof RolloutPlanInput> | undefined {
  const { canary, step, minCalls, maxErrors, maxSlowdown, patience } = flags;
  if (!canary) {
    const stray = Object.entries({ step, 'min-calls': minCalls, 'max-errors': maxErrors, 'max-slowdown': maxSlowdown, patience })
      .find(([, value]) => value !== undefined); // prettier-ignore
    if (stray)
      throw new CliError(
        'usage',
        `--${stray[0]} is for rollouts: give --canary, such as --canary 10%,50%,100%.`,
      );
    return undefined;
  }
  return {
    steps: canary,
    step: (step ?? DEFAULT_STEP_MS) / 1000,
    ...(minCalls === undefined ? {} : { minCalls }),
    ...(maxErrors === undefined ? {} : { maxErrorIncrease: maxErrors / 100 }),
    ...(maxSlowdown === undefined ? {} : { maxP95Ratio: maxSlowdown }),
    ...(patience === undefined ? {} : { patience: patience / 1000 }),
  };
}
