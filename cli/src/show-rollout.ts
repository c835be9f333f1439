import {
  isRolloutOver,
  rolloutPercent,
  type RolloutView,
  type VersionFigures,
} from '@plat/platform-kit/rollout.ts';
import { formatDuration } from '@plat/platform-kit/quantities.ts';
import type { FunctionKey } from './api-client.ts';
import { CliError, interrupted } from './cli-error.ts';
import type { ApiContext } from './context.ts';
import { Phases } from './output/phases.ts';
import { stripControls } from './terminal.ts';
import { watchRollout } from './watch-rollout.ts';

/**
 * Watches a rollout and tells its events, each once. Returns how it ended; throws when that is not by its version being
 * live, and when it is paused, as nothing goes on by itself then.
 */
export async function followRollout(
  context: ApiContext,
  key: FunctionKey,
  first: RolloutView,
): Promise<RolloutView> {
  const phases = new Phases(context);
  let told = 0;
  try {
    const last = await watchRollout(first, {
      open: (signal) => context.api.rolloutEvents(key, signal),
      onState: async (rollout) => {
        if (rollout.id !== first.id) return true;
        for (const { message } of rollout.events.slice(told)) {
          await phases.clear();
          if (!context.isQuiet) await phases.line(stripControls(message));
        }
        told = Math.max(told, rollout.events.length);
        if (rollout.state === 'running')
          phases.begin(`${rolloutPercent(rollout)} %: ${describeFigures(rollout)}`);
        return rollout.state === 'paused';
      },
      signal: context.signal,
    });
    return assertCompleted(key, first, last);
  } catch (error) {
    if (context.signal.aborted)
      throw interrupted(
        `Interrupted. The rollout goes on: plat rollout status ${key.name} --project ${key.project}`,
      );
    throw error;
  } finally {
    await phases.clear();
  }
}

function assertCompleted(key: FunctionKey, first: RolloutView, last: RolloutView): RolloutView {
  const { project, name } = key;
  if (last.id !== first.id)
    throw new CliError('conflict', `Another rollout of ${project}/${name} has begun.`);
  if (last.state === 'completed') return last;
  const isPaused = !isRolloutOver(last.state);
  const why = last.reason === null ? '' : `: ${last.reason}`;
  throw new CliError('rolloutFailed', `The rollout of version ${last.version} of ${project}/${name} is ${stateText(last)}${why}`, {
    hint: isPaused
      ? `Go on with plat rollout resume, promote or abort ${name} --project ${project}.`
      : `See its events: plat rollout status ${name} --project ${project}`,
  }); // prettier-ignore
}

export function stateText({ state }: Pick<RolloutView, 'state'>): string {
  return state.replace('_', ' ');
}

/** `new 40 calls, 2.5 % failed, p95 3ms · old …`; a dash while no step is under way. */
export function describeFigures({ figures }: Pick<RolloutView, 'figures'>): string {
  if (!figures) return '-';
  return `new ${describe(figures.candidate)} · old ${describe(figures.baseline)}`;
}

function describe({ calls, errors, p95Ms }: VersionFigures): string {
  if (calls === 0) return 'no calls';
  const failed = Math.round((errors / calls) * 1000) / 10;
  return `${calls} call${calls === 1 ? '' : 's'}, ${failed} % failed, p95 ${formatDuration(p95Ms ?? 0)}`;
}
