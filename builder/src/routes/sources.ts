import { PassThrough, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Router, type Request } from 'express';
import { z } from 'zod';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import { FunctionConfig } from '@plat/platform-kit/function-config.ts';
import { parseInput } from '@plat/platform-kit/parse.ts';
import type { RuntimeManifest } from '@plat/platform-kit/runtime-manifest.ts';
import { acceptSource } from '../accept-source.ts';
import type { BlobStore } from '../blob-store.ts';
import { checkSource } from '../check-source.ts';
import { injectableCode } from '../injectable-code.ts';
import { tooLarge } from '../folder-blob-store.ts';
import type { SourceLimits } from '../source-limits.ts';

export type SourceDeps = {
  blobs: BlobStore;
  limits: SourceLimits;
  manifests: readonly RuntimeManifest[];
};

const CheckBody = z.object({ config: FunctionConfig });

export function sourceRoutes(deps: SourceDeps): Router {
  const router = Router();

  router.post('/sources', async (req, res) => {
    try {
      if (Number(req.headers['content-length'] ?? 0) > deps.limits.archiveBytes)
        throw tooLarge(deps.limits.archiveBytes);
      res.json(await acceptSource(bodyOf(req), deps));
    } catch (error) {
      if (req.destroyed && !req.complete)
        throw new PlatformError('client_closed', 'The upload was broken off; nothing was kept.', {
          cause: error,
        });
      throw error;
    }
  });

  router.post('/sources/:digest/check', async (req, res) => {
    const { config } = parseInput(CheckBody, req.body, 'the body');
    await checkSource({ digest: req.params.digest, config }, deps);
    res.status(204).end();
  });

  router.post('/sources/:digest/code', async (req, res) => {
    const { config } = parseInput(CheckBody, req.body, 'the body');
    res.json(await injectableCode({ digest: req.params.digest, config }, deps));
  });

  router.get('/sources/:digest', async (req, res) => {
    const { content, bytes } = await deps.blobs.get(req.params.digest);
    res.set('content-type', 'application/zip').set('content-length', String(bytes));
    // A reader that leaves is no error of ours.
    await pipeline(content, res).catch(() => res.destroy());
  });

  return router;
}

/**
 * The body apart from the request: when its reader gives up, the request stays open for the answer. Not by `iterator()`,
 * which destroys the request, and the connection with it, once an error reaches it.
 */
function bodyOf(req: Request): Readable {
  const body = new PassThrough();
  // Who reads it learns of the error by its own means; nobody may have begun to.
  body.on('error', () => undefined);
  req.once('close', () => {
    if (!req.complete) body.destroy(new Error('the connection was closed'));
  });
  return req.pipe(body);
}
