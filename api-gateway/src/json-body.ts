import express, { type RequestHandler } from 'express';
import { PlatformError } from '@plat/platform-kit/errors.ts';

/** Reads bodies of up to 1 MiB; whoever sends one must call it JSON. */
export function jsonBody(): RequestHandler[] {
  return [
    (req, _res, next) => {
      const isEmpty = !req.headers['transfer-encoding'] && !Number(req.headers['content-length'] ?? 0);
      if (!isEmpty && !req.is('json')) {
        throw new PlatformError(
          'invalid',
          `The body must be JSON with content-type application/json (received ${JSON.stringify(req.headers['content-type'] ?? null)}).`,
        );
      }
      next();
    },
    express.json({ limit: '1mb', strict: false }),
  ];
}
