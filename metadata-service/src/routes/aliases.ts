import { AliasWeight } from '@plat/platform-kit/domain.ts';
import { AliasName } from '@plat/platform-kit/names.ts';
import { parseInput } from '@plat/platform-kit/parse.ts';
import { Sticky } from '@plat/platform-kit/sticky.ts';
import { Router } from 'express';
import { z } from 'zod';
import type { Store } from '../store/store.ts';
import { Actor, GuardedQuery, IfMatch } from './inputs.ts';

const AliasParams = z.object({ alias: AliasName });

const Weights = z
  .array(AliasWeight)
  .min(1, 'expected at least one version')
  .max(100)
  .superRefine((weights, context) => {
    const sum = weights.reduce((total, { weight }) => total + weight, 0);
    if (sum !== 100)
      context.addIssue({ code: 'custom', message: `the weights must sum to 100, these sum to ${sum}` });
    if (new Set(weights.map(({ version }) => version)).size !== weights.length)
      context.addIssue({ code: 'custom', message: 'each version stands here only once' });
  });

const AliasBody = z.strictObject({
  weights: Weights,
  sticky: Sticky.nullable().optional(),
  actor: Actor,
  ifMatch: IfMatch,
});

export function aliasRoutes(store: Store): Router {
  const router = Router();

  router.put('/projects/:project/functions/:name/aliases/:alias', async (req, res) => {
    const { project, name } = req.params;
    const { alias } = parseInput(AliasParams, { alias: req.params.alias }, 'The path');
    const { weights, sticky, ...by } = parseInput(AliasBody, req.body, 'The alias');
    const setting = { weights, ...(sticky === undefined ? {} : { sticky }) };
    res.json(await store.setAlias({ project, name }, alias, setting, by));
  });

  router.delete('/projects/:project/functions/:name/aliases/:alias', async (req, res) => {
    const { project, name, alias } = req.params;
    const by = parseInput(GuardedQuery, req.query, 'The query');
    res.json(await store.deleteAlias({ project, name }, alias, by));
  });

  return router;
}
