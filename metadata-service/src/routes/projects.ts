import { Name } from '@plat/platform-kit/names.ts';
import { parseInput } from '@plat/platform-kit/parse.ts';
import { Router } from 'express';
import { z } from 'zod';
import type { Store } from '../store/store.ts';
import { Actor, ActorQuery, Idempotency } from './inputs.ts';

const NewProject = z.strictObject({ name: Name, actor: Actor, idempotency: Idempotency.optional() });

export function projectRoutes(store: Store): Router {
  const router = Router();

  router.get('/projects', async (_req, res) => {
    res.json({ items: await store.listProjects() });
  });

  router.post('/projects', async (req, res) => {
    const { name, ...by } = parseInput(NewProject, req.body, 'The project');
    res.status(201).json(await store.createProject(name, by));
  });

  router.delete('/projects/:project', async (req, res) => {
    await store.deleteProject(req.params.project, parseInput(ActorQuery, req.query, 'The query'));
    res.status(204).end();
  });

  return router;
}
