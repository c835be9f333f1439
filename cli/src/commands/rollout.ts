import { rolloutPercent, type RolloutView } from '@plat/platform-kit/rollout.ts';
import { formatDuration } from '@plat/platform-kit/quantities.ts';
import { note, type ApiContext } from '../context.ts';
import { formatWeights } from '../live-version.ts';
import { age } from '../output/age.ts';
import { printList, printObject, printText } from '../output/print.ts';
import { took } from '../output/took.ts';
import { planOf, type RolloutFlags } from '../rollout-plan.ts';
import { describeFigures, followRollout, stateText } from '../show-rollout.ts';
import { resolveFunction } from '../target.ts';

type Named = { name?: string };

/** Starts a rollout to a version that is there already. */
export async function rolloutStart(
  context: ApiContext,
  args: { name: string; version: number; wait: boolean } & RolloutFlags & { steps: number[] },
): Promise<void> {
  const key = resolveFunction(context, args.name);
  const plan = planOf({ ...args, canary: args.steps })!;
  const rollout = await context.api.startRollout(key, { version: args.version, ...plan });
  await note(context, `The platform takes ${key.project}/${key.name} to version ${args.version}: ${plan.steps.join(', ')} %.`);
  const last = args.wait ? await followRollout(context, key, rollout) : rollout;
  await printRollout(context, last);
} // prettier-ignore

export async function rolloutStatus(context: ApiContext, args: Named & { watch?: boolean }): Promise<void> {
  const key = resolveFunction(context, args.name);
  const rollout = await context.api.getRollout(key);
  const isUnderWay = rollout.finishedAt === null && rollout.state !== 'paused';
  await printRollout(
    context,
    args.watch && isUnderWay ? await followRollout(context, key, rollout) : rollout,
  );
}

export async function rolloutLs(context: ApiContext, args: Named): Promise<void> {
  const key = resolveFunction(context, args.name);
  const { items } = await context.api.listRollouts(key);
  await printList(context, {
    items,
    name: ({ id }) => id,
    empty: `${key.project}/${key.name} has had no rollout.`,
    columns: [
      { title: 'VERSION', value: ({ version }) => version },
      { title: 'FROM', value: ({ baseline }) => baseline },
      { title: 'STATE', value: stateText },
      { title: 'STEPS', value: ({ plan }) => plan.steps.map((step) => `${step}%`).join(',') },
      { title: 'AGE', value: ({ createdAt }) => age(createdAt, context.now()) },
      { title: 'TOOK', value: ({ createdAt, finishedAt }) => took(createdAt, finishedAt) },
      { title: 'BY', value: ({ createdBy }) => createdBy },
      { title: 'REASON', value: ({ reason }) => reason ?? '' },
    ],
  });
}

const DONE = { pause: 'paused', resume: 'resumed', promote: 'promoted', abort: 'aborted' } as const;

export const rolloutPause = (context: ApiContext, args: Named) => steer(context, args, 'pause');
export const rolloutResume = (context: ApiContext, args: Named) => steer(context, args, 'resume');
export const rolloutPromote = (context: ApiContext, args: Named) => steer(context, args, 'promote');
export const rolloutAbort = (context: ApiContext, args: Named) => steer(context, args, 'abort');

async function steer(context: ApiContext, args: Named, action: keyof typeof DONE): Promise<void> {
  const key = resolveFunction(context, args.name);
  const rollout = await context.api.steerRollout(key, action);
  const text = `${key.project}/${key.name}: the rollout of version ${rollout.version} was ${DONE[action]}.`;
  await printText(context, text, { value: rollout, name: key.name });
}

function printRollout(context: ApiContext, rollout: RolloutView): Promise<void> {
  const { plan } = rollout;
  return printObject(context, {
    value: rollout,
    name: rollout.function,
    rows: [
      ['Function', `${rollout.project}/${rollout.function}`],
      ['State', stateText(rollout)],
      ['Reason', rollout.reason ?? undefined],
      ['New version', rollout.version],
      ['Old version', rollout.baseline ?? undefined],
      ['Before', rollout.before.length ? formatWeights(rollout.before) : undefined],
      ['Share', `${rolloutPercent(rollout)} %`],
      ['Steps', `${plan.steps.join(', ')} %, each for ${formatDuration(plan.stepMs)} and ${plan.minCalls} calls`],
      ['Figures', rollout.figures ? describeFigures(rollout) : undefined],
      ['Started', rollout.startedAt ?? undefined],
      ['Ended', rollout.finishedAt ?? undefined],
      ...rollout.events.map(({ at, message }): [string, string] => [at, message]),
    ],
  });
} // prettier-ignore
