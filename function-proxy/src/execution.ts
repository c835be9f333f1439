import type { Execution } from '@plat/platform-kit/domain.ts';
import { ERRORS, type PlatformError } from '@plat/platform-kit/errors.ts';
import { newId } from '@plat/platform-kit/ids.ts';
import type { InvocationTarget } from '@plat/platform-kit/invoker.ts';
import { emptyReport, type CallReport } from './response-headers.ts';

/** What is known of an invocation while it goes on; becomes an {@link Execution} when it is over. */
export type CallFacts = {
  target: InvocationTarget;
  functionId: string;
  method: string;
  startedAtMs: number;
  /** Monotonic; `leasedAt` once an instance was found. */
  startedAt: number;
  leasedAt: number | undefined;
  version: number | null;
  instance: string | null;
  cold: boolean;
  status: number;
  error: PlatformError | undefined;
  report: CallReport;
  bytesIn: number;
  bytesOut: number;
};

export function beginCall(target: InvocationTarget, functionId: string, method: string): CallFacts {
  return {
    target,
    functionId,
    method,
    startedAtMs: Date.now(),
    startedAt: performance.now(),
    leasedAt: undefined,
    version: null,
    instance: null,
    cold: false,
    status: 0,
    error: undefined,
    report: emptyReport(),
    bytesIn: 0,
    bytesOut: 0,
  };
}

/** `durationMs` is the function's own part; `queueMs` the waiting and waking before it. */
export function toExecution(call: CallFacts, now: number): Execution {
  const { target, report, error } = call;
  const leasedAt = call.leasedAt ?? now;
  const { project, selector, path } = target;
  const cpuUs = report.cpuUs;
  return {
    id: newId(call.startedAtMs),
    requestId: target.requestId,
    functionId: call.functionId,
    project,
    function: target.function,
    version: call.version,
    alias: 'alias' in selector ? selector.alias : null,
    trigger: target.trigger,
    method: call.method,
    path,
    status: error ? ERRORS[error.code].status : call.status,
    outcome: outcomeOf(error),
    errorCode: error?.code ?? null,
    cold: call.cold,
    queueMs: round(leasedAt - call.startedAt),
    durationMs: round(now - leasedAt),
    cpuMs: cpuUs === undefined ? null : cpuUs / 1000,
    memoryBytes: report.memoryBytes ?? null,
    bytesIn: call.bytesIn,
    bytesOut: call.bytesOut,
    instance: call.instance,
    startedAt: new Date(call.startedAtMs).toISOString(),
  };
}

function outcomeOf(error: PlatformError | undefined): Execution['outcome'] {
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
