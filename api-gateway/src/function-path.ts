import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { PlatformError, toPlatformError } from '@plat/platform-kit/errors.ts';
import { sendProblem } from '@plat/platform-kit/http-server.ts';
import type { InvocationTarget } from '@plat/platform-kit/invoker.ts';
import { formatBytes } from '@plat/platform-kit/units.ts';
import { authenticate } from './authenticate.ts';
import { authorise } from './authorise.ts';
import { parseFunctionUrl } from './function-url.ts';
import { COMPONENT, type GatewayDeps } from './gateway-deps.ts';
import { stripHeaders } from './request-headers.ts';
import { sendSocketProblem } from './socket-problem.ts';

/** The project a reference without one means, for a token that belongs to none. */
export const DEFAULT_PROJECT = 'default';

/** `receivedAt` is monotonic. */
export type Arrival = { requestId: string; receivedAt: number };

type FunctionPathDeps = Pick<GatewayDeps, 'config' | 'invoker' | 'principals' | 'rateLimits' | 'metrics'>;

/**
 * `/function/<ref>…`, the warm path.
 *
 * INVARIANTS
 * 1. Nothing here waits before the invoker is called: all it asks is in memory.
 * 2. A request that is refused is refused before a byte of its body is read.
 */
export function answerFunctionPath(
  deps: FunctionPathDeps,
  req: IncomingMessage,
  res: ServerResponse,
  arrival: Arrival,
): void {
  let target: InvocationTarget;
  try {
    target = admit(deps, req, arrival);
  } catch (error) {
    deps.metrics.noteRefusal(toPlatformError(error).code);
    sendProblem(res, error, COMPONENT);
    return;
  }
  void deps.invoker.invoke(req, res, target);
}

/** The same for requests that ask for a WebSocket. */
export function upgradeFunctionPath(
  deps: FunctionPathDeps,
  req: IncomingMessage,
  upgrade: { socket: Duplex; head: Buffer },
  arrival: Arrival,
): void {
  let target: InvocationTarget;
  try {
    target = admit(deps, req, arrival);
  } catch (error) {
    deps.metrics.noteRefusal(toPlatformError(error).code);
    sendSocketProblem(upgrade.socket, error, arrival.requestId);
    return;
  }
  void deps.invoker.upgrade(req, upgrade.socket, upgrade.head, target);
}

function admit(
  deps: FunctionPathDeps,
  req: IncomingMessage,
  { requestId, receivedAt }: Arrival,
): InvocationTarget {
  const principal = authenticate(deps, req);
  const { reference, path } = parseFunctionUrl(req.url!);
  const project = reference.project ?? principal.project ?? DEFAULT_PROJECT;
  authorise(principal, 'function.invoke', { project });
  deps.rateLimits.countRequest(principal.id);
  assertBodyFits(req, deps.config.BODY_LIMIT_BYTES);
  stripHeaders(req, ['authorization', 'expect']);
  return {
    requestId,
    project,
    function: reference.function,
    selector: reference.selector,
    path,
    trigger: 'api',
    bodyLimitBytes: deps.config.BODY_LIMIT_BYTES,
    authorisedMs: performance.now() - receivedAt,
  };
}

/** Throws `too_large` when the body says by itself that it is. */
export function assertBodyFits(req: IncomingMessage, limitBytes: number): void {
  const announced = Number(req.headers['content-length'] ?? 0);
  if (announced <= limitBytes) return;
  throw new PlatformError(
    'too_large',
    `The body has ${formatBytes(announced)}; the most is ${formatBytes(limitBytes)}.`,
    { details: { limitBytes, receivedBytes: announced } },
  );
}
