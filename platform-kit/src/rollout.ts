import { z } from 'zod';
import { AliasWeight, Time } from './domain.ts';
import { PlatformError } from './errors.ts';
import { durationMs } from './units.ts';

/**
 * The life of a rollout, which moves alias `live` to a version in steps. `pending`: its version is not ready yet;
 * `running`: a step is under way; `paused`: a person, or the lack of calls, holds it where it is. The others are its
 * ends: `completed` (the version is live), `rolled_back` (it did worse), `aborted` (a person took it back),
 * `superseded` (alias `live` was moved by something else), `failed` (it could not begin).
 */
export const ROLLOUT_TRANSITIONS = {
  pending: ['running', 'completed', 'failed', 'aborted', 'superseded'],
  running: ['paused', 'completed', 'rolled_back', 'aborted', 'superseded'],
  paused: ['running', 'completed', 'aborted', 'superseded'],
  completed: [],
  rolled_back: [],
  aborted: [],
  superseded: [],
  failed: [],
} as const satisfies Record<string, readonly string[]>;

export type RolloutState = keyof typeof ROLLOUT_TRANSITIONS;
export const ROLLOUT_STATES = Object.keys(ROLLOUT_TRANSITIONS) as [RolloutState, ...RolloutState[]];

export function isRolloutOver(state: RolloutState): boolean {
  return ROLLOUT_TRANSITIONS[state].length === 0;
}

/** Returns `to` when the table allows the move, throws `conflict` when not. */
export function advanceRollout(from: RolloutState, to: RolloutState): RolloutState {
  if ((ROLLOUT_TRANSITIONS[from] as readonly RolloutState[]).includes(to)) return to;
  if (isRolloutOver(from))
    throw new PlatformError(
      'conflict',
      `The rollout is over (${from.replace('_', ' ')}), and nothing of it can be changed; begin another one.`,
      { details: { from, to } },
    );
  throw new PlatformError('conflict', `The rollout is ${from.replace('_', ' ')}; it cannot become ${to.replace('_', ' ')}.`, {
    details: { from, to },
  }); // prettier-ignore
}

const STEPS = z
  .array(z.int('expected a percentage').min(1).max(100))
  .min(1, 'expected at least one step')
  .max(20)
  .refine((steps) => steps.every((step, i) => i === 0 || step > steps[i - 1]!), 'each step must be greater than the one before')
  .refine((steps) => steps.at(-1) === 100, 'the last step must be 100'); // prettier-ignore

/** Shortest and longest step. */
const STEP = durationMs({ minMs: 1000, maxMs: 7 * 86_400_000 });
const PATIENCE = durationMs({ minMs: 1000, maxMs: 30 * 86_400_000 });
const duration = (description: string) => ({
  openapi: { type: ['string', 'number'], description, examples: ['1m'] },
});

/** How a rollout goes, as a client asks for it. */
export const RolloutPlanInput = z.strictObject({
  steps: STEPS.meta({ description: 'Percentages of calls, ascending; the last is 100.', examples: [[10, 50, 100]] }),
  step: STEP.meta(duration('How long a step lasts at least: text with a unit, or seconds.')),
  minCalls: z.int().min(1).max(1_000_000).default(20)
    .meta({ description: 'Calls that the new version must have had in a step before anything is concluded from it.' }),
  maxErrorIncrease: z.number().min(0).max(1).default(0.01)
    .meta({ description: 'By how much the share of failed calls may be above that of the old version.' }),
  maxP95Ratio: z.number().min(1).max(100).default(1.5)
    .meta({ description: 'How many times the old version’s p95 the new one’s may be.' }),
  patience: PATIENCE.optional()
    .meta(duration('How long a step waits for enough calls before the rollout is paused; ten steps, at least ten minutes, when left out.')),
}).meta({ description: 'How a rollout goes.' }); // prettier-ignore

/** The same as it is kept; durations in milliseconds. */
export const RolloutPlan = z.strictObject({
  steps: STEPS,
  stepMs: z.int(),
  minCalls: z.int(),
  maxErrorIncrease: z.number(),
  maxP95Ratio: z.number(),
  patienceMs: z.int(),
});
export type RolloutPlan = z.output<typeof RolloutPlan>;

export function toRolloutPlan(input: z.output<typeof RolloutPlanInput>): RolloutPlan {
  const { step, patience, ...rest } = input;
  return { ...rest, stepMs: step, patienceMs: patience ?? Math.max(10 * step, 600_000) };
}

/** What a version did in a while: its newest calls, at most some thousands. `p95Ms`: of the function's own time; null without calls. */
export const VersionFigures = z.object({ calls: z.int(), errors: z.int(), p95Ms: z.number().nullable() });
export type VersionFigures = z.output<typeof VersionFigures>;

/** What a step is judged by. `baseline`: the old version since the rollout began and some minutes before. */
export const StepFigures = z.object({ baseline: VersionFigures, candidate: VersionFigures });
export type StepFigures = z.output<typeof StepFigures>;

export const RolloutEvent = z.object({
  at: Time,
  kind: z.enum(['created', 'step', 'waiting', 'paused', 'resumed', 'ended']),
  message: z.string(),
  /** Share of the new version, in percent, after the event. */
  percent: z.int(),
  actor: z.string(),
  figures: StepFigures.optional(),
});
export type RolloutEvent = z.output<typeof RolloutEvent>;

export const RolloutRecord = z.object({
  id: z.string(),
  functionId: z.string(),
  project: z.string(),
  function: z.string(),
  state: z.enum(ROLLOUT_STATES),
  /** The new version. */
  version: z.int(),
  /** The version that was live before; null until the rollout begins, and when there was none. */
  baseline: z.int().nullable(),
  plan: RolloutPlan,
  /** Index in `plan.steps` of the step that is under way, or was last. */
  step: z.int(),
  /** What `live` names again when the rollout is taken back. */
  before: z.array(AliasWeight),
  /** Why it is in its state; null when that needs no reason. */
  reason: z.string().nullable(),
  events: z.array(RolloutEvent),
  createdBy: z.string(),
  createdAt: Time,
  startedAt: Time.nullable(),
  stepStartedAt: Time.nullable(),
  finishedAt: Time.nullable(),
});
export type RolloutRecord = z.output<typeof RolloutRecord>;

/** With the figures of the step that is under way; null when none is. */
export const RolloutView = RolloutRecord.extend({ figures: StepFigures.nullable() });
export type RolloutView = z.output<typeof RolloutView>;

/** What a person may do to a rollout. `promote`: its version is live now; `abort`: what was live before is. */
export const ROLLOUT_ACTIONS = ['pause', 'resume', 'promote', 'abort'] as const;
export type RolloutAction = (typeof ROLLOUT_ACTIONS)[number];

/** The share of the new version that `live` gives it now. */
export function rolloutPercent(rollout: Pick<RolloutRecord, 'state' | 'plan' | 'step'>): number {
  if (rollout.state === 'completed') return 100;
  return rollout.state === 'running' || rollout.state === 'paused' ? rollout.plan.steps[rollout.step]! : 0;
}
