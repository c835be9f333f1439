import { randomBytes } from 'node:crypto';
import { Router } from 'express';
import { Role, type TokenRecord } from '@plat/platform-kit/domain.ts';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import { Name } from '@plat/platform-kit/names.ts';
import { parseInput } from '@plat/platform-kit/parse.ts';
import { durationMs } from '@plat/platform-kit/units.ts';
import { z } from 'zod';
import { authorise } from '../authorise.ts';
import type { GatewayDeps } from '../gateway-deps.ts';
import { principalOf } from '../principal-of.ts';
import { hashSecret } from '../principals.ts';
import { text } from '../request-params.ts';

const PLATFORM = { project: null };

const NewToken = z
  .strictObject({
    name: z
      .string('expected a name')
      .trim()
      .min(1, 'expected a name')
      .max(60, 'expected at most 60 characters'),
    role: Role,
    project: Name.nullish(),
    expiresIn: durationMs({ minMs: 1000, maxMs: 3650 * 86_400_000 }).nullish(),
  })
  .refine((token) => token.role !== 'admin' || token.project == null, {
    path: ['project'],
    error: 'an admin token is good for all projects; leave the project out or take another role',
  });

export function tokenRoutes({ metadata, principals }: GatewayDeps): Router {
  const router = Router();

  router.get('/tokens', async (_req, res) => {
    authorise(principalOf(res), 'token.administer', PLATFORM);
    const { items } = await metadata.listTokens();
    res.json({ items: items.map(withoutHash), next: null });
  });

  router.post('/tokens', async (req, res) => {
    const principal = principalOf(res);
    authorise(principal, 'token.administer', PLATFORM);
    const { name, role, project, expiresIn } = parseInput(NewToken, req.body, 'The token');
    if (project != null) await assertProject(metadata, project);
    const secret = `plat_${randomBytes(32).toString('base64url')}`;
    const record = await metadata.createToken({
      name,
      role,
      project: project ?? null,
      hash: hashSecret(secret),
      expiresAt: expiresIn == null ? null : new Date(Date.now() + expiresIn).toISOString(),
      actor: principal.name,
    });
    // Whoever made it may use it with the next request, which can be sooner than the change feed.
    principals.put(record);
    res.status(201).json({ ...withoutHash(record), token: secret });
  });

  router.delete('/tokens/:id', async (req, res) => {
    const principal = principalOf(res);
    authorise(principal, 'token.administer', PLATFORM);
    const id = text(req, 'id');
    await metadata.deleteToken(id, { actor: principal.name });
    principals.remove(id);
    res.status(204).end();
  });
  return router;
}

async function assertProject(metadata: GatewayDeps['metadata'], project: string): Promise<void> {
  const { items } = await metadata.listProjects();
  if (items.some(({ name }) => name === project)) return;
  throw new PlatformError('invalid', `project: there is no project "${project}".`, {
    details: { field: 'project', received: project },
  });
}

function withoutHash({ hash: _hash, ...shown }: TokenRecord): Omit<TokenRecord, 'hash'> {
  return shown;
}
