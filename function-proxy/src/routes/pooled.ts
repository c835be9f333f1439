import { Router } from 'express';
import { z } from 'zod';
import { parseInput } from '@plat/platform-kit/parse.ts';
import { callerGone } from '../caller-gone.ts';
import type { Discovery } from '../discovery.ts';
import type { PooledContainers } from '../pooled-containers.ts';

const place = { host: z.union([z.ipv4(), z.ipv6()]), port: z.int().min(1).max(65_535) };
const Await = z.strictObject({ ...place, waitMs: z.int().min(0).max(60_000) });
const CodeFile = z.strictObject({ path: z.string(), data: z.string(), executable: z.boolean() });
const Labels = z.strictObject({
  functionId: z.string(),
  project: z.string(),
  function: z.string(),
  version: z.int().min(1),
  instance: z.string(),
  engine: z.string(),
  spec: z.string(),
});
const Specialize = z.strictObject({
  ...place,
  instance: z.strictObject({ id: z.string(), labels: Labels }),
  files: z.array(CodeFile),
  env: z.record(z.string(), z.string()),
  timeoutMs: z.int().min(1).max(60_000),
});

export function pooledRoutes({
  pooled,
  discovery,
}: {
  pooled: PooledContainers;
  discovery: Pick<Discovery, 'announce'>;
}): Router {
  const router = Router();

  router.post('/pooled/await', async (req, res) => {
    const { waitMs, ...where } = parseInput(Await, req.body, 'The body');
    res.json({ state: await pooled.awaitGeneric(where, waitMs, callerGone(res)) });
  });

  router.post('/pooled/specialize', async (req, res) => {
    const { host, port, timeoutMs, instance, ...given } = parseInput(Specialize, req.body, 'The body');
    await pooled.specialize({ host, port }, given, timeoutMs);
    const labels = { ...instance.labels, port };
    discovery.announce({ id: instance.id, labels, status: 'running', address: host, fromPool: true });
    res.status(204).end();
  });

  return router;
}
