import type { IncomingMessage, ServerResponse } from 'node:http';
import { requestId } from '@plat/platform-kit/http-server.ts';
import { readTraceparent, setTraceparent } from '@plat/platform-kit/telemetry/trace-context.ts';
import type { Tracing } from '@plat/platform-kit/telemetry/tracing.ts';

/** Where a request goes; its span is named after it, and never after the path that the caller sent. */
export type Destination = 'function' | 'edge' | 'api';

/**
 * Begins the span of a request that the gateway has just received, as a child of what the caller says, and makes it the
 * parent of all that follows. The span is written down once the answer is over.
 */
export function traceRequest(
  tracing: Tracing,
  req: IncomingMessage,
  res: ServerResponse,
  { to, receivedAt }: { to: Destination; receivedAt: number },
): void {
  const parent = readTraceparent(req.headers);
  const context = tracing.begin(parent);
  setTraceparent(req, context);
  if (!context.isSampled) return;
  res.once('close', () => {
    const status = res.statusCode;
    const hasEnded = res.writableFinished;
    tracing.record({
      name: `${req.method} ${routeOf(req, to)}`,
      kind: 'server',
      context,
      parentSpanId: parent?.spanId,
      startAt: receivedAt,
      endAt: performance.now(),
      attributes: {
        'http.request.method': req.method,
        'http.route': routeOf(req, to),
        ...(res.headersSent ? { 'http.response.status_code': status } : {}),
        'plat.request_id': requestId(res),
      },
      error: !hasEnded ? 'client_closed' : status >= 500 ? String(status) : undefined,
    });
  });
}

function routeOf(req: IncomingMessage & { route?: { path?: unknown } }, to: Destination): string {
  if (to === 'function') return '/function/:ref';
  if (to === 'edge') return '(host of a function)';
  return typeof req.route?.path === 'string' ? `/api${req.route.path}` : '/api';
}
