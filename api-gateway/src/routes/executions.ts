import { Router } from 'express';
import { API } from '@plat/platform-kit/api/api.ts';
import { EXECUTION_LOG_LINES, type EvictionOfCall } from '@plat/platform-kit/api/executions-api.ts';
import type { RecordedExecution } from '@plat/platform-kit/clients/metadata-client.ts';
import type { LogLine } from '@plat/platform-kit/domain.ts';
import { toPlatformError } from '@plat/platform-kit/errors.ts';
import { requestId } from '@plat/platform-kit/http-server.ts';
import { authorise, may } from '../authorise.ts';
import { bindRoute } from '../bind-route.ts';
import { evictionsOfCall } from '../evictions-of-call.ts';
import { collectEvents } from '../event-relay.ts';
import type { GatewayDeps } from '../gateway-deps.ts';
import { elapsedMs } from '../principal-of.ts';
import { replayRequest, replayedCall } from '../replay-request.ts';
import { requireSelected } from '../require-selected.ts';

const LOGS_TIMEOUT_MS = 10_000;
/** A line is stamped by the engine, by its own clock. */
const CLOCK_SLACK_MS = 1000;

export function executionRoutes(deps: GatewayDeps): Router {
  const { metadata, invoker, config } = deps;
  const router = Router();

  bindRoute(router, API.listExecutions, async ({ query, principal }) => {
    const project = query.project ?? principal.project ?? undefined;
    const page = await metadata.listExecutions({ ...query, ...(project === undefined ? {} : { project }) });
    if (page.items.length === 0 && page.next === null) await requireSelected(metadata, { ...query, project });
    return page;
  });

  bindRoute(router, API.getExecution, async ({ params, query, principal }) => {
    const { bodies, ...execution } = await metadata.getExecution(params.id, within(principal.project));
    const { project } = execution;
    authorise(principal, 'execution.read', { project });
    const logs = query.logs ? await readLogs(deps, execution) : { logs: null, logsProblem: null };
    const evictions = await readEvictions(deps, execution, (other) =>
      may(principal, 'execution.read', { project: other }),
    );
    const sees = may(principal, 'execution.read-body', { project });
    return { ...execution, ...logs, evictions, bodies: sees ? (bodies ?? null) : null };
  });

  bindRoute(router, API.replayExecution, async ({ req, res, params, query, principal }) => {
    const execution = await metadata.getExecution(params.id, within(principal.project));
    authorise(principal, 'execution.read', { project: execution.project });
    authorise(principal, 'function.invoke', { project: execution.project });
    const call = replayedCall(execution);
    await invoker.invoke(replayRequest(req, call), res, {
      requestId: requestId(res),
      project: execution.project,
      function: execution.function,
      selector: selectorOf(execution, query),
      path: call.path,
      trigger: call.trigger,
      bodyLimitBytes: config.BODY_LIMIT_BYTES,
      authorisedMs: elapsedMs(res),
    });
  });
  return router;
}

function within(project: string | null): { project?: string } {
  return project === null ? {} : { project };
}

function selectorOf(
  execution: RecordedExecution,
  { alias, version }: { alias?: string | undefined; version?: number | undefined },
) {
  if (version !== undefined) return { version };
  const name = alias ?? execution.alias;
  if (name !== null) return { alias: name };
  return execution.version === null ? { alias: 'live' } : { version: execution.version };
}

/** A call that found an instance has to do with none; without the controller nobody knows. */
async function readEvictions(
  { controller }: Pick<GatewayDeps, 'controller'>,
  execution: RecordedExecution,
  sees: (project: string) => boolean,
): Promise<EvictionOfCall[]> {
  if (!execution.cold && execution.status !== 503) return [];
  const { items } = await controller.listEvictions(execution.functionId).catch(() => ({ items: [] }));
  return evictionsOfCall(execution, items, sees);
}

/** What the call printed; a controller that is away, or an engine, does not keep the rest from being shown. */
async function readLogs(
  { controller }: Pick<GatewayDeps, 'controller'>,
  { functionId, requestId: id, startedAt }: RecordedExecution,
): Promise<{ logs: LogLine[] | null; logsProblem: string | null }> {
  const since = new Date(Date.parse(startedAt) - CLOCK_SLACK_MS).toISOString();
  try {
    const lines = await collectEvents(
      (signal) => controller.logs(functionId, { requestId: id, since, tail: EXECUTION_LOG_LINES }, { signal }),
      { event: 'line', limit: EXECUTION_LOG_LINES, timeoutMs: LOGS_TIMEOUT_MS },
    );
    return { logs: lines as LogLine[], logsProblem: null };
  } catch (error) {
    return { logs: null, logsProblem: toPlatformError(error).message };
  }
} // prettier-ignore
