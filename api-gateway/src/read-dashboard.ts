import { POINTS_MAX, type Dashboard } from '@plat/platform-kit/api/metrics-api.ts';
import type { FunctionRecord } from '@plat/platform-kit/domain.ts';
import { isDraftName } from '@plat/platform-kit/draft-name.ts';
import { isTerminal } from '@plat/platform-kit/version-states.ts';
import type { GatewayDeps } from './gateway-deps.ts';
import { liveVersion } from './function-view.ts';

const TOP_FUNCTIONS = 10;
const RECENT_FAILURES = 10;

export type DashboardQuery = {
  project: string | undefined;
  rangeMs: number;
  stepMs: number | undefined;
};

/** All at a glance. The record must answer; what the engine and the proxy know is null while they are away. */
export async function readDashboard(
  deps: Pick<GatewayDeps, 'metadata' | 'controller' | 'recording' | 'functions'>,
  { project, rangeMs, stepMs }: DashboardQuery,
): Promise<Dashboard> {
  const { metadata, controller } = deps;
  const [metrics, use, failures, capacity, recording] = await Promise.all([
    metadata.readMetrics({ project, rangeMs, stepMs, pointsMax: POINTS_MAX }),
    metadata.listFunctionUse({ project, rangeMs }),
    metadata.listExecutions({ project, failed: true, limit: RECENT_FAILURES }),
    controller.usage().catch(() => null),
    deps.recording().catch(() => null),
  ]);
  const { totals } = metrics;
  const failed = totals.errors.function + totals.errors.timeout + totals.errors.platform;
  const seconds = (Date.parse(metrics.to) - Date.parse(metrics.from)) / 1000;
  const functions = [...deps.functions()].filter((record) => !isDraftName(record.name) && (project === undefined || record.project === project)); // prettier-ignore
  return {
    from: metrics.from,
    to: metrics.to,
    stepMs: metrics.stepMs,
    functions: countFunctions(functions),
    instances: project === undefined ? (capacity?.instances ?? 0) : (totals.instances ?? 0),
    totals,
    callsPerSecond: seconds > 0 ? Math.round((totals.calls / seconds) * 1000) / 1000 : 0,
    failureRate: totals.calls > 0 ? failed / totals.calls : null,
    points: metrics.points,
    topFunctions: use.items
      .sort((a, b) => b.calls - a.calls)
      .slice(0, TOP_FUNCTIONS)
      .map(({ functionId: _, ...top }) => top),
    recentFailures: failures.items,
    // Whoever may see one project only is not told what the others use.
    capacity: project === undefined ? capacity : null,
    recording: project === undefined ? recording : null,
  };
}

function countFunctions(functions: readonly FunctionRecord[]): Dashboard['functions'] {
  const counts = { all: functions.length, active: 0, stopped: 0, deploying: 0, failed: 0 };
  for (const record of functions) {
    if (record.state === 'stopped') counts.stopped++;
    else if (liveVersion(record)) counts.active++;
    else if (record.versions.some(({ state }) => !isTerminal(state))) counts.deploying++;
    else counts.failed++;
  }
  return counts;
}
