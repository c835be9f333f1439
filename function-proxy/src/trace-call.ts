import type { IncomingMessage } from 'node:http';
import type { Execution } from '@plat/platform-kit/domain.ts';
import {
  readTraceparent,
  setTraceparent,
  toTraceparent,
  type TraceContext,
} from '@plat/platform-kit/telemetry/trace-context.ts';
import type { SpanRecord, Tracing } from '@plat/platform-kit/telemetry/tracing.ts';
import type { CallFacts } from './execution.ts';

/** A call's own span, the one that it came from, and that of its wake, which is under way in another service meanwhile. */
export type CallTrace = { context: TraceContext; parentSpanId: string | undefined; wake: TraceContext };

/**
 * Notes in `call` which trace it belongs to. With `tracing` the call gets a span of its own, which is what the function is
 * told; without, what the caller said passes as it is.
 */
export function beginTrace(req: IncomingMessage, call: CallFacts, tracing: Tracing | undefined): void {
  if (tracing === undefined && req.headers['traceparent'] === undefined) return;
  const parent = readTraceparent(req.headers);
  call.traceId = parent?.traceId;
  if (!tracing) return;
  const context = tracing.begin(parent);
  setTraceparent(req, context);
  call.traceId = context.traceId;
  call.trace = { context, parentSpanId: parent?.spanId, wake: tracing.begin(context) };
}

/** What the service that wakes an instance for the call is told. */
export function wakeTraceparent({ trace }: CallFacts): string | undefined {
  return trace && toTraceparent(trace.wake);
}

/** Writes the spans of a call that is over: itself, and below it what it went through. */
export function recordTrace(tracing: Tracing, call: CallFacts, execution: Execution): void {
  const { trace, startedAt, queuedAt, wokenAt, leasedAt, connectedAt, firstByteAt } = call;
  if (!trace?.context.isSampled) return;
  const endAt = performance.now();
  const { context } = trace;
  const part = (name: string, from: number | undefined, until: number | undefined, more: Partial<SpanRecord> = {}) => {
    if (from === undefined) return undefined;
    const own = more.context ?? tracing.begin(context);
    tracing.record({ kind: 'internal', parentSpanId: context.spanId, ...more, name, context: own, startAt: from, endAt: until ?? endAt });
    return own;
  };
  const queue = part('queue', queuedAt, leasedAt);
  // Woken, or still waiting for that at the end; `unavailable` says that all instances were busy.
  if (call.cold || (leasedAt === undefined && execution.errorCode !== 'unavailable'))
    part('wake', queuedAt, wokenAt, {
      kind: 'client',
      context: trace.wake,
      parentSpanId: queue?.spanId,
      attributes: { 'plat.rung': call.cold ? execution.rung : undefined },
    });
  part('connect', leasedAt, connectedAt);
  part('first byte', connectedAt, firstByteAt, { kind: 'client' });
  part('answer', firstByteAt, endAt);
  tracing.record({
    name: `call ${execution.project}/${execution.function}`,
    kind: 'server',
    context,
    parentSpanId: trace.parentSpanId,
    startAt: startedAt,
    endAt,
    attributes: {
      'plat.project': execution.project,
      'plat.function': execution.function,
      'plat.version': execution.version,
      'plat.instance': execution.instance,
      'plat.trigger': execution.trigger,
      'plat.outcome': execution.outcome,
      'plat.rung': execution.rung,
      'plat.request_id': execution.requestId,
      'http.request.method': execution.method,
      'http.response.status_code': execution.status,
    },
    error: execution.errorCode ?? undefined,
  });
} // prettier-ignore
