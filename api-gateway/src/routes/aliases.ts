import { Router } from 'express';
import { AliasWeight } from '@plat/platform-kit/domain.ts';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import { parseInput } from '@plat/platform-kit/parse.ts';
import { z } from 'zod';
import { authorise } from '../authorise.ts';
import type { GatewayDeps } from '../gateway-deps.ts';
import { principalOf } from '../principal-of.ts';
import { aliasParam, functionParams } from '../request-params.ts';
import { findRollbackTarget } from '../rollback-target.ts';

const BASE = '/projects/:project/functions/:name';

const VersionNumber = z.int('expected the number of a version').min(1);

const AliasChange = z
  .strictObject({ version: VersionNumber.optional(), weights: z.array(AliasWeight).min(1).max(10).optional() })
  .refine((change) => (change.version === undefined) !== (change.weights === undefined), 'expected either "version" or "weights"')
  .refine(({ weights }) => !weights || weights.reduce((sum, { weight }) => sum + weight, 0) === 100, { path: ['weights'], error: 'the weights must sum to 100' })
  .refine(({ weights }) => !weights || new Set(weights.map(({ version }) => version)).size === weights.length, { path: ['weights'], error: 'each version may be there once' })
  .transform((change) => change.weights ?? [{ version: change.version!, weight: 100 }]); // prettier-ignore

const Rollback = z.strictObject({ version: VersionNumber.optional() });

export function aliasRoutes({ metadata }: GatewayDeps): Router {
  const router = Router();

  router.get(`${BASE}/aliases`, async (req, res) => {
    const { project, name } = functionParams(req);
    authorise(principalOf(res), 'version.read', { project });
    const { aliases } = await metadata.getFunction(project, name);
    res.json({ items: aliases, next: null });
  });

  router.put(`${BASE}/aliases/:alias`, async (req, res) => {
    const principal = principalOf(res);
    const { project, name } = functionParams(req);
    const alias = aliasParam(req);
    authorise(principal, 'function.promote', { project });
    const weights = parseInput(AliasChange, req.body, 'The alias');
    const record = await metadata.setAlias(project, name, alias, { weights, actor: principal.name });
    res.json(record.aliases.find((candidate) => candidate.name === alias));
  });

  router.delete(`${BASE}/aliases/:alias`, async (req, res) => {
    const principal = principalOf(res);
    const { project, name } = functionParams(req);
    const alias = aliasParam(req);
    authorise(principal, 'function.promote', { project });
    await metadata.deleteAlias(project, name, alias, { actor: principal.name });
    res.status(204).end();
  });

  router.post(`${BASE}/rollback`, async (req, res) => {
    const principal = principalOf(res);
    const { project, name } = functionParams(req);
    authorise(principal, 'function.promote', { project });
    const { version } = parseInput(Rollback, req.body ?? {}, 'The body');
    const { from, to } = await findRollbackTarget(metadata, { project, name, version });
    if (from === to) throw new PlatformError('conflict', `Version ${to} is live already.`);
    await metadata.setAlias(project, name, 'live', {
      weights: [{ version: to, weight: 100 }],
      actor: principal.name,
    });
    res.json({ from, to });
  });
  return router;
}
