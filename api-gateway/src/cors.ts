import type { IncomingMessage, ServerResponse } from 'node:http';
import cors from 'cors';
import { REQUEST_ID_HEADER, requestId } from '@plat/platform-kit/http-server.ts';

/**
 * Cross-origin answers for the configured origins. Returns true when the request was a preflight and is answered.
 * Without configured origins it does nothing, and an OPTIONS request is the function's like any other.
 */
export type Cors = (req: IncomingMessage, res: ServerResponse) => boolean;

export function createCors(origins: readonly string[]): Cors {
  if (origins.length === 0) return () => false;
  const apply = cors({
    origin: origins.includes('*') ? '*' : [...origins],
    methods: ['GET', 'HEAD', 'PUT', 'PATCH', 'POST', 'DELETE'],
    exposedHeaders: ['x-request-id', 'location', 'retry-after'],
    maxAge: 600,
  });
  return (req, res) => {
    const isPreflight =
      req.method === 'OPTIONS' && req.headers['access-control-request-method'] !== undefined;
    if (req.method === 'OPTIONS' && !isPreflight) return false;
    let passedOn = false;
    res.setHeader(REQUEST_ID_HEADER, requestId(res));
    apply(req, res, () => (passedOn = true));
    return !passedOn;
  };
}
