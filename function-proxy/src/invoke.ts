import type { IncomingMessage, ServerResponse } from 'node:http';
import { PlatformError, toPlatformError } from '@plat/platform-kit/errors.ts';
import { giveRequestId, sendProblem } from '@plat/platform-kit/http-server.ts';
import type { InvocationTarget } from '@plat/platform-kit/invoker.ts';
import type { Logger } from '@plat/platform-kit/logging.ts';

import { beginCall, toExecution, type CallFacts } from './execution.ts';
import { publicError } from './failed-call.ts';
import { findFunction, findInstance, type FindDeps } from './find-instance.ts';
import { forward, type Forwarded } from './forward.ts';
import type { HungInstances } from './hung-instances.ts';
import type { InstanceIndex } from './instance-index.ts';
import { hasBody, tooLarge } from './metered-body.ts';
import type { ExecutionRecorder } from './record-execution.ts';
import type { FunctionRoute } from './routing-table.ts';

export const COMPONENT = 'function-proxy';

/** A call is tried on at most so many instances. */
const MAX_TRIES = 3;
const IDEMPOTENT = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE']);

export type InvokeDeps = FindDeps & {
  index: InstanceIndex;
  hung: HungInstances;
  recorder: ExecutionRecorder;
  logger: Logger;
  /** Whether connections come from the callers themselves, and not from our gateway. */
  isPeerCaller: boolean;
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
    refuseTooLarge(req, target);
    await carry({ req, res, fn, call, target }, deps);
  } catch (error) {
    answerError(res, error, target, deps.logger, call);
  }
  if (call) deps.recorder.add(toExecution(call, performance.now()));
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
    const found = findInstance({ caller: res, fn: exchange.fn, call, target }, deps);
    const lease = found instanceof Promise ? await found : found;
    try {
      let end = await forward(req, res, { target, lease, isPeerCaller: deps.isPeerCaller });
      if (end.kind === 'failed' && isWorthReconnecting(req, end)) {
        end = await forward(req, res, { target, lease, isPeerCaller: deps.isPeerCaller });
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

function answerError(
  res: ServerResponse,
  error: unknown,
  target: InvocationTarget,
  logger: Logger,
  call: CallFacts | undefined,
): void {
  const known = toPlatformError(error);
  if (call) call.error = known;
  if (known.code === 'internal')
    logger.error({ err: known.cause, requestId: target.requestId }, 'unexpected error');
  if (!res.destroyed) sendProblem(res, publicError(known, target), COMPONENT);
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
