import { Router } from 'express';
import { z } from 'zod';
import { parseInput } from '@plat/platform-kit/parse.ts';
import { callerGone } from '../caller-gone.ts';
import type { PooledContainers } from '../pooled-containers.ts';

const place = { host: z.union([z.ipv4(), z.ipv6()]), port: z.int().min(1).max(65_535) };
const Await = z.strictObject({ ...place, waitMs: z.int().min(0).max(60_000) });
const CodeFile = z.strictObject({ path: z.string(), data: z.string(), executable: z.boolean() });
const Specialize = z.strictObject({
  ...place,
  files: z.array(CodeFile),
  env: z.record(z.string(), z.string()),
  timeoutMs: z.int().min(1).max(60_000),
});

export function pooledRoutes({ pooled }: { pooled: PooledContainers }): Router {
  const router = Router();

  router.post('/pooled/await', async (req, res) => {
    const { waitMs, ...where } = parseInput(Await, req.body, 'The body');
    res.json({ state: await pooled.awaitGeneric(where, waitMs, callerGone(res)) });
  });

  router.post('/pooled/specialize', async (req, res) => {
    const { host, port, timeoutMs, ...given } = parseInput(Specialize, req.body, 'The body');
    await pooled.specialize({ host, port }, given, timeoutMs);
    res.status(204).end();
  });

  return router;
}
