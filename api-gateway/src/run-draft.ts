import type { AcceptedSource } from '@plat/platform-kit/clients/builder-client.ts';
import type { DraftCall, DraftResult } from '@plat/platform-kit/api/drafts-api.ts';
import type { LogLine, VersionRecord } from '@plat/platform-kit/domain.ts';
import { draftName } from '@plat/platform-kit/draft-name.ts';
import { ERRORS, PlatformError } from '@plat/platform-kit/errors.ts';
import type { FunctionConfig } from '@plat/platform-kit/function-config.ts';
import { newId } from '@plat/platform-kit/ids.ts';
import { isTerminal } from '@plat/platform-kit/version-states.ts';
import { deadline, pause } from '@plat/platform-kit/waiting.ts';
import { callDraft, type DraftAnswer } from './call-draft.ts';
import { collectEvents } from './event-relay.ts';
import type { GatewayDeps } from './gateway-deps.ts';

const READY_TIMEOUT_MS = 5 * 60_000;
const LOGS_TIMEOUT_MS = 10_000;
const LOG_LINES = 1000;
const REREAD_MS = 500;
/** A call is recorded about a second after its answer. */
const RECORDED_WITHIN_MS = 4000;

export type DraftDeps = Pick<
  GatewayDeps,
  'metadata' | 'builder' | 'controller' | 'versionWatch' | 'ownUrl' | 'logger'
>;
export type DraftRun = {
  project: string;
  config: FunctionConfig;
  source: AcceptedSource;
  call: DraftCall;
  actor: string;
  /** The caller's own, for the call. */
  authorization: string;
  requestId: string;
};

/**
 * Builds and calls unsaved code as a function of its own that lives for this one call. Whatever happens, the function is
 * deleted at the end, and with it all that a deleted function takes along; one that is left over because the gateway
 * died is deleted by {@link sweepDrafts}.
 */
export async function runDraft(deps: DraftDeps, run: DraftRun, wanted: AbortSignal): Promise<DraftResult> {
  const { metadata, builder } = deps;
  const { project, config, source, call, actor } = run;
  const signal = deadline(READY_TIMEOUT_MS, wanted);
  if (call.event !== undefined && config.contract !== 'handler')
    throw new PlatformError('invalid', `event: functions of the runtime "${config.runtime}" take requests; give "request" instead.`, { details: { field: 'event' } });
  await builder.checkSource(source.digest, config);
  const name = draftName(newId());
  try {
    const created = await metadata.createVersion(project, name, { config, sourceDigest: source.digest, sourceBytes: source.bytes, promote: true, actor });
    const version = await untilTerminal(deps, created, signal);
    if (version.state !== 'ready') return notBuilt(run, version);
    const at = performance.now();
    const answer = await callDraft(deps.ownUrl(), { ...run, name, timeoutMs: config.timeoutMs }, wanted);
    const durationMs = performance.now() - at;
    const execution = await recorded(deps, run, signal);
    return {
      requestId: run.requestId,
      outcome: execution?.outcome ?? outcomeOf(answer),
      ...answer,
      logs: await readLogs(deps, version),
      cpuMs: execution?.cpuMs ?? null,
      memoryBytes: execution?.memoryBytes ?? null,
      ...phases(version),
      durationMs: execution?.durationMs ?? durationMs,
    };
  } finally {
    await metadata.deleteFunction(project, name, { actor }).catch((error: unknown) => {
      if ((error as { code?: string }).code !== 'not_found')
        deps.logger.warn({ err: error, project, function: name }, 'a draft is left over; it is swept later');
    });
  }
} // prettier-ignore

async function untilTerminal(
  { metadata, versionWatch }: DraftDeps,
  { project, function: name, number, functionId }: VersionRecord,
  signal: AbortSignal,
): Promise<VersionRecord> {
  let news = new AbortController();
  const unsubscribe = versionWatch.subscribe(functionId, () => news.abort());
  try {
    for (;;) {
      news = new AbortController();
      const version = await metadata.getVersion(project, name, number);
      if (isTerminal(version.state)) return version;
      await pause(REREAD_MS, AbortSignal.any([signal, news.signal]));
      if (signal.aborted)
        throw new PlatformError('unavailable', 'The draft was not ready in time.', {
          details: { state: version.state },
        });
    }
  } finally {
    unsubscribe();
  }
}

function notBuilt({ requestId }: DraftRun, version: VersionRecord): DraftResult {
  const error = version.error ?? { code: 'internal' as const, message: `The draft ended as ${version.state}.`, phase: 'building' as const, logTail: [] };
  const at = version.finishedAt ?? version.createdAt;
  const line = (text: string): LogLine => ({ at, instance: error.phase, version: 1, stream: 'stderr', requestId: null, text });
  return {
    requestId, outcome: 'function_error', status: ERRORS[error.code].status, headers: {}, body: '', isBase64: false, isCut: false,
    error: { code: error.code, message: error.message, component: error.phase === 'building' ? 'builder' : 'function-controller' },
    logs: (error.logTail ?? []).map(line), cpuMs: null, memoryBytes: null, ...phases(version), durationMs: 0,
  };
} // prettier-ignore

function phases({ createdAt, builtAt, finishedAt }: VersionRecord): { buildMs: number; startMs: number } {
  const [created, built, finished] = [createdAt, builtAt ?? finishedAt, finishedAt].map((time) => Date.parse(time ?? createdAt)) as [number, number, number];
  return { buildMs: built - created, startMs: builtAt === null ? 0 : finished - built };
} // prettier-ignore

async function recorded({ metadata }: DraftDeps, { requestId, project }: DraftRun, signal: AbortSignal) {
  const end = performance.now() + RECORDED_WITHIN_MS;
  while (performance.now() < end && !signal.aborted) {
    const found = await metadata.getExecution(requestId, { project }).catch(() => undefined);
    if (found) return found;
    await pause(REREAD_MS / 2, signal);
  }
  return undefined;
}

async function readLogs({ controller }: DraftDeps, { functionId }: VersionRecord): Promise<LogLine[]> {
  const lines = await collectEvents((signal) => controller.logs(functionId, { tail: LOG_LINES }, { signal }), { event: 'line', limit: LOG_LINES, timeoutMs: LOGS_TIMEOUT_MS }).catch(() => []);
  return lines as LogLine[];
} // prettier-ignore

function outcomeOf({ error }: DraftAnswer): DraftResult['outcome'] {
  if (error === null) return 'ok';
  if (error.code === 'function_timeout') return 'timeout';
  return error.code === 'function_failed' ? 'function_error' : 'platform_error';
}
