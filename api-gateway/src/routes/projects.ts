import { Router } from 'express';
import { Name } from '@plat/platform-kit/names.ts';
import { parseInput } from '@plat/platform-kit/parse.ts';
import { z } from 'zod';
import { authorise, may } from '../authorise.ts';
import type { GatewayDeps } from '../gateway-deps.ts';
import { principalOf } from '../principal-of.ts';
import { projectParam } from '../request-params.ts';

const NewProject = z.strictObject({ name: Name });

export function projectRoutes({ metadata }: GatewayDeps): Router {
  const router = Router();
  router.get('/projects', async (_req, res) => {
    const principal = principalOf(res);
    authorise(principal, 'project.list', { project: null });
    const { items } = await metadata.listProjects();
    res.json({
      items: items.filter(({ name }) => may(principal, 'project.list', { project: name })),
      next: null,
    });
  });
  router.post('/projects', async (req, res) => {
    const principal = principalOf(res);
    authorise(principal, 'project.create', { project: null });
    const { name } = parseInput(NewProject, req.body, 'The project');
    const project = await metadata.createProject({ name, actor: principal.name });
    res.status(201).location(`/api/projects/${name}`).json(project);
  });
  router.delete('/projects/:project', async (req, res) => {
    const principal = principalOf(res);
    const project = projectParam(req);
    authorise(principal, 'project.delete', { project });
    await metadata.deleteProject(project, { actor: principal.name });
    res.status(204).end();
  });
  return router;
}
