import { FunctionState } from '@plat/platform-kit/domain.ts';
import { parseInput } from '@plat/platform-kit/parse.ts';
import { Router } from 'express';
import { z } from 'zod';
import type { Store } from '../store/store.ts';
import { Actor, GuardedQuery, IfMatch, limitUpTo } from './inputs.ts';

const ListQuery = z.strictObject({ project: z.string().optional() });
const PageQuery = ListQuery.extend({ before: z.string().optional(), limit: limitUpTo(1000) });
const StatePatch = z.strictObject({ state: FunctionState, actor: Actor, ifMatch: IfMatch });

export function functionRoutes(store: Store): Router {
  const router = Router();

  router.get('/functions', async (req, res) => {
    res.json({ items: await store.listFunctions(parseInput(ListQuery, req.query, 'The query')) });
  });

  router.get('/functions/page', async (req, res) => {
    const { project, ...page } = parseInput(PageQuery, req.query, 'The query');
    res.json(await store.pageFunctions(project === undefined ? {} : { project }, page));
  });

  router.get('/projects/:project/functions/:name', async (req, res) => {
    res.json(await store.getFunction(req.params));
  });

  router.patch('/projects/:project/functions/:name', async (req, res) => {
    const { state, ...by } = parseInput(StatePatch, req.body, 'The change');
    res.json(await store.setFunctionState(req.params, state, by));
  });

  router.delete('/projects/:project/functions/:name', async (req, res) => {
    await store.deleteFunction(req.params, parseInput(GuardedQuery, req.query, 'The query'));
    res.status(204).end();
  });

  return router;
}
