import type { RecordedExecution } from '@plat/platform-kit/clients/metadata-client.ts';
import type { Execution } from '@plat/platform-kit/domain.ts';
import { ERRORS, type PlatformError } from '@plat/platform-kit/errors.ts';
import type { KeepBodies, WakeRung } from '@plat/platform-kit/execution.ts';
import { newId } from '@plat/platform-kit/ids.ts';
import type { InvocationTarget } from '@plat/platform-kit/invoker.ts';
import type { BodyCapture } from './body-capture.ts';
import { redactQuery } from './redact-body.ts';
import type { Instance } from './instance.ts';
import type { CallTrace } from './trace-call.ts';
import type { StickyCaller } from './sticky-caller.ts';
import { emptyReport, type CallReport } from './response-headers.ts';

/** Of longer ones the beginning is recorded. */
const PATH_LIMIT = 2048;
const MESSAGE_LIMIT = 1000;

/** What is known of an invocation while it goes on; becomes an {@link Execution} when it is over. */
export type CallFacts = {
  target: InvocationTarget;
  /** Of the trace that it belongs to. */
  traceId: string | undefined;
  trace: CallTrace | undefined;
  functionId: string;
  method: string;
  startedAtMs: number;
  /** Monotonic, as all times below. When the platform received the request: before this service did. */
  receivedAt: number;
  /** When the proxy began with it. */
  startedAt: number;
  queuedAt: number | undefined;
  wokenAt: number | undefined;
  leasedAt: number | undefined;
  connectedAt: number | undefined;
  firstByteAt: number | undefined;
  version: number | null;
  /** Set where the alias tells callers apart, and this one can be. */
  caller: StickyCaller | undefined;
  instance: string | null;
  servedBy: Instance | undefined;
  /** How long its instance's calls had taken altogether when this one began. */
  busyMsBefore: number;
  cold: boolean;
  rung: WakeRung;
  status: number;
  error: PlatformError | undefined;
  report: CallReport;
  bytesIn: number;
  bytesOut: number;
  keepBodies: KeepBodies;
  capture: BodyCapture | undefined;
};

export function beginCall(target: InvocationTarget, functionId: string, method: string): CallFacts {
  const startedAt = performance.now();
  const authorisedMs = target.authorisedMs ?? 0;
  return {
    target,
    traceId: undefined,
    trace: undefined,
    functionId,
    method,
    startedAtMs: Date.now() - Math.round(authorisedMs),
    receivedAt: startedAt - authorisedMs,
    startedAt,
    queuedAt: undefined,
    wokenAt: undefined,
    leasedAt: undefined,
    connectedAt: undefined,
    firstByteAt: undefined,
    version: null,
    caller: undefined,
    instance: null,
    servedBy: undefined,
    busyMsBefore: 0,
    cold: false,
    rung: 'hot',
    status: 0,
    error: undefined,
    report: emptyReport(),
    bytesIn: 0,
    bytesOut: 0,
    keepBodies: 'off',
    capture: undefined,
  };
}

/** `durationMs` is the function's own part; `queueMs` the waiting and waking before it. `component`: who speaks here. */
export function toExecution(call: CallFacts, now: number, component: string): RecordedExecution {
  const { target, report, error } = call;
  const leasedAt = call.leasedAt ?? now;
  const { project, selector, path } = target;
  const cpuUs = report.cpuUs;
  const bodies = bodiesOf(call);
  const hasUsage = cpuUs !== undefined || report.memoryBytes !== undefined;
  return {
    id: newId(call.startedAtMs),
    requestId: target.requestId,
    traceId: call.traceId ?? null,
    functionId: call.functionId,
    project,
    function: target.function,
    version: call.version,
    alias: 'alias' in selector ? selector.alias : null,
    trigger: target.trigger,
    method: call.method,
    path: cut(redactQuery(path), PATH_LIMIT),
    status: error ? ERRORS[error.code].status : call.status,
    outcome: outcomeOf(error),
    errorCode: error?.code ?? null,
    errorMessage: error ? cut(error.message, MESSAGE_LIMIT) : null,
    errorComponent: error ? (error.component ?? component) : null,
    cold: call.cold,
    rung: call.rung,
    queueMs: round(leasedAt - call.startedAt),
    wakeMs: call.wokenAt === undefined ? 0 : round(call.wokenAt - (call.queuedAt ?? call.startedAt)),
    durationMs: round(now - leasedAt),
    phases: {
      received: 0,
      authorised: target.authorisedMs === undefined ? null : round(target.authorisedMs),
      queued: offset(call, call.queuedAt),
      woken: offset(call, call.wokenAt),
      connected: offset(call, call.connectedAt),
      firstByte: offset(call, call.firstByteAt),
      lastByte: error || call.firstByteAt === undefined ? null : offset(call, now),
    },
    cpuMs: cpuUs === undefined ? null : cpuUs / 1000,
    memoryBytes: report.memoryBytes ?? null,
    usage: hasUsage ? 'runtime' : null,
    bytesIn: call.bytesIn,
    bytesOut: call.bytesOut,
    instance: call.instance,
    hasBodies: bodies !== null,
    startedAt: new Date(call.startedAtMs).toISOString(),
    ...(bodies === null ? {} : { bodies }),
  };
}

function bodiesOf({ capture, keepBodies, error, status }: CallFacts): RecordedExecution['bodies'] & object | null {
  if (!capture || (keepBodies === 'errors' && !error && status < 400)) return null;
  const bodies = capture.take();
  return bodies.request || bodies.response ? bodies : null;
} // prettier-ignore

function offset(call: CallFacts, at: number | undefined): number | null {
  return at === undefined ? null : round(at - call.receivedAt);
}

function cut(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit)}…`;
}

export function outcomeOf(error: PlatformError | undefined): Execution['outcome'] {
  switch (error?.code) {
    case undefined:
      return 'ok';
    case 'function_failed':
      return 'function_error';
    case 'function_timeout':
      return 'timeout';
    case 'client_closed':
      return 'client_closed';
    default:
      return 'platform_error';
  }
}

function round(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
