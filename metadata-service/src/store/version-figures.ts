import type { RolloutRecord, RolloutView, StepFigures, VersionFigures } from '@plat/platform-kit/rollout.ts';
import { LIVE } from './alias-rows.ts';
import type { Db } from './write.ts';

/** Newest calls that figures are of: enough for a p95, and few enough to be read every second. */
const CALLS_LIMIT = 2000;
/** Calls of the old version count from so long before the rollout began: at its last step it gets none any more. */
const BASELINE_BEFORE_MS = 600_000;

/** What the step that is under way is judged by. */
export async function stepFigures(trx: Db, rollout: RolloutRecord): Promise<StepFigures> {
  const { functionId, version, baseline } = rollout;
  const since = Date.parse(rollout.startedAt ?? rollout.createdAt) - BASELINE_BEFORE_MS;
  return {
    baseline:
      baseline === null
        ? toFigures([])
        : await versionFigures(trx, { functionId, version: baseline, sinceMs: since }),
    candidate: await versionFigures(trx, {
      functionId,
      version,
      sinceMs: Date.parse(rollout.stepStartedAt ?? rollout.createdAt),
    }),
  };
}

/** A rollout as it is shown. */
export async function withFigures(trx: Db, rollout: RolloutRecord): Promise<RolloutView> {
  const isUnderWay = rollout.state === 'running' || rollout.state === 'paused';
  return { ...rollout, figures: isUnderWay ? await stepFigures(trx, rollout) : null };
}

/** Calls by alias `live` only: who calls a version by its number does not speak for the others. */
async function versionFigures(
  trx: Db,
  { functionId, version, sinceMs }: { functionId: string; version: number; sinceMs: number },
): Promise<VersionFigures> {
  const rows = await trx
    .selectFrom('executions')
    .select(['status', 'outcome', 'duration_ms'])
    .where('function_id', '=', functionId)
    .where('version', '=', version)
    .where('started_at', '>=', sinceMs)
    .where('alias', '=', LIVE)
    .orderBy('started_at', 'desc')
    .limit(CALLS_LIMIT)
    .execute();
  return toFigures(rows);
}

/** A call whose client left says nothing; one that was answered with 500 or above failed, whoever is to blame. */
export function toFigures(
  rows: readonly { status: number; outcome: string; duration_ms: number }[],
): VersionFigures {
  const calls = rows.filter(({ outcome }) => outcome !== 'client_closed');
  const durations = calls.map((row) => row.duration_ms).sort((a, b) => a - b);
  return {
    calls: calls.length,
    errors: calls.filter(({ status, outcome }) => outcome !== 'ok' || status >= 500).length,
    p95Ms: durations.length === 0 ? null : durations[Math.ceil(durations.length * 0.95) - 1]!,
  };
}
