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
    const { project, rangeMs } = parseInput(MetricsQuery, req.query, 'The query');
    // No chart is drawn of it: the coarsest steps will do that leave a dozen.
    const span = chooseSpan({ toMs: now(), rangeMs, stepMs: Math.ceil(rangeMs / 12), pointsMax: 100 });
    res.json({ items: await store.readFunctionUse({ project }, span) });
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
