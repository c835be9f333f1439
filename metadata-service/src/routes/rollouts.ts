import { parseInput } from '@plat/platform-kit/parse.ts';
import { ROLLOUT_ACTIONS, RolloutPlan } from '@plat/platform-kit/rollout.ts';
import { Router } from 'express';
import { z } from 'zod';
import type { Store } from '../store/store.ts';
import { Actor, Idempotency, IfMatch, Limit, VersionNumber } from './inputs.ts';

const RolloutBody = z.strictObject({ version: z.int().min(1), plan: RolloutPlan, actor: Actor });
const SteerBody = z.strictObject({ action: z.enum(ROLLOUT_ACTIONS), actor: Actor });
const LiveBody = z.strictObject({
  version: z.int().min(1).optional(),
  actor: Actor,
  ifMatch: IfMatch,
  idempotency: Idempotency.optional(),
});

const PreviewQuery = z.strictObject({ version: VersionNumber.optional() });

const ListQuery = z.strictObject({ before: z.string().optional(), limit: Limit });

/** What moves alias `live`: at once, or in steps. */
export function rolloutRoutes(store: Store): Router {
  const router = Router();
  const FUNCTION = '/projects/:project/functions/:name';

  router.post(`${FUNCTION}/promote`, async (req, res) => {
    res.json(await store.promote(req.params, parseInput(LiveBody, req.body, 'The promotion')));
  });

  router.post(`${FUNCTION}/rollback`, async (req, res) => {
    res.json(await store.rollback(req.params, parseInput(LiveBody, req.body, 'The rollback')));
  });

  router.get(`${FUNCTION}/rollback`, async (req, res) => {
    const { version } = parseInput(PreviewQuery, req.query, 'The query');
    res.json(await store.previewRollback(req.params, version));
  });

  router.post(`${FUNCTION}/rollout`, async (req, res) => {
    const body = parseInput(RolloutBody, req.body, 'The rollout');
    res.status(201).json(await store.createRollout(req.params, body));
  });

  router.get(`${FUNCTION}/rollout`, async (req, res) => {
    res.json(await store.getRollout(req.params));
  });

  router.get(`${FUNCTION}/rollouts`, async (req, res) => {
    res.json(await store.listRollouts(req.params, parseInput(ListQuery, req.query, 'The query')));
  });

  router.post(`${FUNCTION}/rollout/steer`, async (req, res) => {
    res.json(await store.steerRollout(req.params, parseInput(SteerBody, req.body, 'The request')));
  });

  return router;
}
