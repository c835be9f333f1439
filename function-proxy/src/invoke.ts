import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RecordedExecution } from '@plat/platform-kit/clients/metadata-client.ts';
import { PlatformError, toPlatformError } from '@plat/platform-kit/errors.ts';
import { giveRequestId, sendProblem } from '@plat/platform-kit/http-server.ts';
import type { InvocationTarget } from '@plat/platform-kit/invoker.ts';
import type { Tracing } from '@plat/platform-kit/telemetry/tracing.ts';
import { hasBody } from '@plat/platform-kit/upstream/request-body.ts';
import type { Logger } from '@plat/platform-kit/logging.ts';

import { TELL_VERSION_HEADER, VERSION_HEADER } from './answer-marks.ts';
import { BodyCapture } from './body-capture.ts';
import { beginCall, toExecution, type CallFacts } from './execution.ts';
import { publicError } from './failed-call.ts';
import { findFunction, findInstance, type FindDeps } from './find-instance.ts';
import { forward, type Forwarded } from './forward.ts';
import type { HungInstances } from './hung-instances.ts';
import type { InstanceIndex } from './instance-index.ts';
import { tooLarge } from './metered-body.ts';
import type { FunctionRoute } from './routing-table.ts';
import { serverTiming } from './server-timing.ts';
import { beginTrace } from './trace-call.ts';
import type { VersionRoute } from './version-route.ts';

export const COMPONENT = 'function-proxy';

/** A call is tried on at most so many instances. */
const MAX_TRIES = 3;
const IDEMPOTENT = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE']);

export type InvokeDeps = FindDeps & {
  index: InstanceIndex;
  hung: HungInstances;
  /** What becomes of a call that is over; never waits and never fails. */
  record: (execution: RecordedExecution, call: CallFacts) => void;
  tracing: Tracing | undefined;
  logger: Logger;
  /** Whether connections come from the callers themselves, and not from our gateway. */
  isPeerCaller: boolean;
  /** Most that is kept of a body; 0: nothing of any. */
  keepBodyBytes: number;
};

/** One invocation from request to answer and record: resolve, acquire, forward, release, record. Never rejects. */
export async function invoke(
  req: IncomingMessage,
  res: ServerResponse,
  target: InvocationTarget,
  deps: InvokeDeps,
): Promise<void> {
  giveRequestId(res, target.requestId);
  let call: CallFacts | undefined;
  try {
    const fn = findFunction(target, deps);
    call = beginCall(target, fn.record.id, req.method ?? 'GET');
    beginTrace(req, call, deps.tracing);
    refuseTooLarge(req, target);
    await carry({ req, res, fn, call, target }, deps);
  } catch (error) {
    answerError({ req, res, target, call }, error, deps.logger);
  }
  if (call) deps.record(toExecution(call, performance.now(), COMPONENT), call);
}

type Exchange = {
  req: IncomingMessage;
  res: ServerResponse;
  fn: FunctionRoute;
  call: CallFacts;
  target: InvocationTarget;
};

/** Resolves when the call was answered; throws what is to be answered instead. */
async function carry(exchange: Exchange, deps: InvokeDeps): Promise<void> {
  const { req, res, call, target } = exchange;
  for (let tries = 1; ; tries++) {
    const seeker = { caller: res, headers: req.headers, fn: exchange.fn, call, target };
    const found = findInstance(seeker, deps);
    const lease = found instanceof Promise ? await found : found;
    beginCapture(call, lease.version, deps);
    const options = { target, lease, isPeerCaller: deps.isPeerCaller, call, isFresh: false };
    try {
      let end = await forward(req, res, options);
      if (end.kind === 'failed' && isWorthReconnecting(req, end)) {
        end = await forward(req, res, { ...options, isFresh: true });
        // The first try may have run: an instance that is not there any more was broken by it.
        if (end.kind === 'failed' && end.retry !== 'never') end = { ...end, retry: 'never', error: broken() };
      }
      note(call, end);
      if (end.kind === 'answered') return;
      if (end.isUnreachable) deps.index.markUnreachable(lease.instance);
      if (end.error.code === 'function_timeout') void deps.hung.check(lease.instance, lease.version.contract);
      if (end.retry !== 'elsewhere' || end.isBodyTouched || tries >= MAX_TRIES) throw end.error;
    } finally {
      deps.acquirer.release(lease);
    }
  }
}

/** A kept connection that broke before any answer was perhaps only closed for being idle. */
function isWorthReconnecting(req: IncomingMessage, end: Extract<Forwarded, { kind: 'failed' }>): boolean {
  return end.retry === 'same_instance' && IDEMPOTENT.has(req.method ?? '') && !hasBody(req);
}

function note(call: CallFacts, end: Forwarded): void {
  call.report = end.report;
  call.bytesIn = end.bytesIn;
  call.bytesOut = end.bytesOut;
  if (end.kind === 'answered') call.status = end.status;
}

/** Bodies are looked at only for functions that ask for it. */
function beginCapture(call: CallFacts, { keepBodies }: VersionRoute, { keepBodyBytes }: InvokeDeps): void {
  if (keepBodies === 'off' || keepBodyBytes === 0) return;
  call.keepBodies = keepBodies;
  call.capture ??= new BodyCapture(keepBodyBytes);
}

function answerError(
  { req, res, target, call }: Omit<Exchange, 'fn' | 'call'> & { call: CallFacts | undefined },
  error: unknown,
  logger: Logger,
): void {
  const known = toPlatformError(error);
  if (call) call.error = known;
  if (known.code === 'internal')
    logger.error({ err: known.cause, requestId: target.requestId }, 'unexpected error');
  if (res.destroyed) return;
  const timing = call && !res.headersSent ? serverTiming(req, call) : undefined;
  if (timing !== undefined) res.setHeader('server-timing', timing);
  if (call?.version && !res.headersSent && req.headers[TELL_VERSION_HEADER] === '1')
    res.setHeader(VERSION_HEADER, call.version);
  sendProblem(res, publicError(known, target), COMPONENT);
}

function refuseTooLarge(req: IncomingMessage, { bodyLimitBytes }: InvocationTarget): void {
  if (Number(req.headers['content-length'] ?? 0) > bodyLimitBytes) throw tooLarge(bodyLimitBytes);
}

function broken(): PlatformError {
  return new PlatformError(
    'function_failed',
    'The instance exited or broke the connection during the call.',
    {
      details: { reason: 'connection_broken' },
    },
  );
}
