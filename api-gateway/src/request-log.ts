import type { IncomingMessage, ServerResponse } from 'node:http';
import { requestId } from '@plat/platform-kit/http-server.ts';
import { readTraceparent } from '@plat/platform-kit/telemetry/trace-context.ts';
import type { Logger } from '@plat/platform-kit/logging.ts';

/** One line for each answer, at level `debug`: on a port where functions answer, a status of 500 is no news. */
export function logRequest(logger: Logger, req: IncomingMessage, res: ServerResponse): void {
  if (!logger.isLevelEnabled('debug')) return;
  const startedAt = performance.now();
  res.once('close', () => {
    logger.debug(
      {
        requestId: requestId(res),
        traceId: readTraceparent(req.headers)?.traceId,
        method: req.method,
        host: req.headers.host,
        path: req.url?.split('?')[0],
        status: res.statusCode,
        ms: Math.round((performance.now() - startedAt) * 10) / 10,
      },
      'request',
    );
  });
}
