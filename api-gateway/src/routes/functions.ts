import { Router } from 'express';
import { FunctionState, type FunctionRecord, type Principal } from '@plat/platform-kit/domain.ts';
import { Name } from '@plat/platform-kit/names.ts';
import { parseInput } from '@plat/platform-kit/parse.ts';
import { z } from 'zod';
import { authorise, may } from '../authorise.ts';
import { functionView, needsLatestState, type FunctionView } from '../function-view.ts';
import type { GatewayDeps } from '../gateway-deps.ts';
import { principalOf } from '../principal-of.ts';
import { pageItems } from '../page-items.ts';
import { PAGE_LIMIT, functionParams, projectParam } from '../request-params.ts';

const PageQuery = z.strictObject({ before: z.string().max(100).optional(), limit: PAGE_LIMIT });
const ListQuery = PageQuery.extend({ project: Name.optional() });
const Patch = z.strictObject({ state: FunctionState });

export function functionRoutes(deps: GatewayDeps): Router {
  const { metadata } = deps;

  const view = async (principal: Principal, record: FunctionRecord): Promise<FunctionView> => {
    const { project, name, latest } = record;
    const newest = needsLatestState(record)
      ? await metadata.getVersion(project, name, latest).catch(() => undefined)
      : undefined;
    return functionView(record, {
      publicUrl: deps.publicUrl(),
      domain: deps.config.DOMAIN,
      showEnvironment: may(principal, 'function.read-environment', { project }),
      ...(newest ? { latestState: newest.state } : {}),
    });
  };

  const list = async (
    principal: Principal,
    project: string | undefined,
    query: z.output<typeof PageQuery>,
  ) => {
    authorise(principal, 'function.list', { project: project ?? null });
    const { items } = await metadata.listFunctions(project === undefined ? {} : { project });
    const page = pageItems(items, (record) => `${record.project}/${record.name}`, query);
    return { items: await Promise.all(page.items.map((record) => view(principal, record))), next: page.next };
  };

  const router = Router();
  router.get('/functions', async (req, res) => {
    const principal = principalOf(res);
    const query = parseInput(ListQuery, req.query, 'The query');
    res.json(await list(principal, query.project ?? principal.project ?? undefined, query));
  });
  router.get('/projects/:project/functions', async (req, res) => {
    res.json(await list(principalOf(res), projectParam(req), parseInput(PageQuery, req.query, 'The query')));
  });
  router.get('/projects/:project/functions/:name', async (req, res) => {
    const principal = principalOf(res);
    const { project, name } = functionParams(req);
    authorise(principal, 'function.describe', { project });
    res.json(await view(principal, await metadata.getFunction(project, name)));
  });
  router.patch('/projects/:project/functions/:name', async (req, res) => {
    const principal = principalOf(res);
    const { project, name } = functionParams(req);
    authorise(principal, 'function.start-stop', { project });
    const { state } = parseInput(Patch, req.body, 'The change');
    const record = await metadata.setFunctionState(project, name, { state, actor: principal.name });
    res.json(await view(principal, record));
  });
  router.delete('/projects/:project/functions/:name', async (req, res) => {
    const principal = principalOf(res);
    const { project, name } = functionParams(req);
    authorise(principal, 'function.delete', { project });
    await metadata.deleteFunction(project, name, { actor: principal.name });
    res.status(204).end();
  });
  return router;
}
