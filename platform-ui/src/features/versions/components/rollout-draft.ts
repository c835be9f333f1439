import { RolloutPlanInput } from '@plat/platform-kit/rollout.ts';
import { describeIssues } from '@plat/platform-kit/parse.ts';
import type { RolloutStart } from '../api/use-start-rollout.ts';

/** A plan of a rollout as it is typed. */
export type RolloutDraft = {
  steps: string;
  step: string;
  minCalls: string;
  maxErrors: string;
  maxP95Ratio: string;
};

export const FIRST_DRAFT: RolloutDraft = {
  steps: '10, 50, 100',
  step: '1m',
  minCalls: '20',
  maxErrors: '1',
  maxP95Ratio: '1.5',
};

/** Where the platform's name of a field is not the form's. */
const FIELDS: Record<string, keyof RolloutDraft> = { maxErrorIncrease: 'maxErrors' };

/** What is typed as the platform takes it, or what is wrong with it, by field. Judged by the platform's own schema. */
export function parseRolloutDraft(
  draft: RolloutDraft,
  version: number,
): { plan: RolloutStart } | { problems: Partial<Record<keyof RolloutDraft, string>> } {
  const input = {
    steps: draft.steps.split(/[\s,;]+/).filter(Boolean).map((step) => Number(step.replace(/%$/, ''))),
    step: draft.step.trim(),
    minCalls: Number(draft.minCalls),
    maxErrorIncrease: Number(draft.maxErrors.replace(/\s*%$/, '')) / 100,
    maxP95Ratio: Number(draft.maxP95Ratio),
  };
  const result = RolloutPlanInput.safeParse(input);
  if (result.success) return { plan: { version, ...input } };
  const problems: Partial<Record<keyof RolloutDraft, string>> = {};
  for (const { field, message } of describeIssues(result.error, input, RolloutPlanInput)) {
    const first = field.split('.')[0]!;
    problems[FIELDS[first] ?? (first as keyof RolloutDraft)] ??= message;
  }
  return { problems };
} // prettier-ignore
