import { isNormalDomain } from '@plat/platform-kit/custom-domain.ts';
import { parseInput } from '@plat/platform-kit/parse.ts';
import { Router } from 'express';
import { z } from 'zod';
import type { Store } from '../store/store.ts';
import { Actor, ActorQuery } from './inputs.ts';

const NewDomain = z.strictObject({
  domain: z
    .string()
    .refine(isNormalDomain, 'expected a domain in its normal form, such as "shop.example.org"'),
  actor: Actor,
});

export function domainRoutes(store: Store): Router {
  const router = Router();

  router.get('/projects/:project/functions/:name/domains', async (req, res) => {
    res.json({ items: await store.listDomains(req.params) });
  });

  router.post('/projects/:project/functions/:name/domains', async (req, res) => {
    const { project, name } = req.params;
    const { domain, actor } = parseInput(NewDomain, req.body, 'The domain');
    res.status(201).json(await store.addDomain({ project, name }, domain, { actor }));
  });

  router.delete('/projects/:project/functions/:name/domains/:domain', async (req, res) => {
    const { project, name, domain } = req.params;
    const by = parseInput(ActorQuery, req.query, 'The query');
    await store.deleteDomain({ project, name }, domain, by);
    res.status(204).end();
  });

  return router;
}
