import { InstanceSample } from '@plat/platform-kit/metrics.ts';
import { parseInput } from '@plat/platform-kit/parse.ts';
import { Router } from 'express';
import { z } from 'zod';
import { chooseSpan } from '../store/metric-tiers.ts';
import type { Store } from '../store/store.ts';
import { VersionNumber } from './inputs.ts';

const Ms = z.string().regex(/^\d{1,12}$/, 'expected milliseconds').transform(Number); // prettier-ignore

const MetricsQuery = z.strictObject({
  functionId: z.string().optional(),
  version: VersionNumber.optional(),
  project: z.string().optional(),
  rangeMs: Ms,
  stepMs: Ms.optional(),
  pointsMax: Ms.optional(),
});
const UseQuery = z.strictObject({
  project: z.string().optional(),
  rangeMs: Ms,
  trend: z.coerce.number().int().min(2).max(60).optional(),
  quiet: z.enum(['true', 'false']).default('false').transform((flag) => flag === 'true'),
}); // prettier-ignore
const Samples = z.strictObject({ samples: z.array(InstanceSample).max(5000) });

export function metricRoutes(store: Store, now: () => number = Date.now): Router {
  const router = Router();

  router.get('/metrics', async (req, res) => {
    const { rangeMs, stepMs, pointsMax = 1500, ...scope } = parseInput(MetricsQuery, req.query, 'The query');
    const span = chooseSpan({ toMs: now(), rangeMs, stepMs, pointsMax });
    const read = await store.readMetrics(scope, span);
    res.json({ from: time(span.fromMs), to: time(span.toMs), stepMs: span.stepMs, ...read });
  });

  router.get('/metrics/functions', async (req, res) => {
    const { project, rangeMs, trend, quiet } = parseInput(UseQuery, req.query, 'The query');
    // Where no trend is wanted the coarsest steps will do that leave a dozen.
    const stepMs = Math.ceil(rangeMs / (trend ?? 12));
    const span = chooseSpan({ toMs: now(), rangeMs, stepMs, pointsMax: 100 });
    res.json({
      items: await store.readFunctionUse({ project }, span, { trend: trend !== undefined, quiet }),
    });
  });

  router.post('/metrics/samples', async (req, res) => {
    await store.recordSamples(parseInput(Samples, req.body, 'The body').samples);
    res.status(204).end();
  });

  return router;
}

function time(ms: number): string {
  return new Date(ms).toISOString();
}
