import { Role } from '@plat/platform-kit/domain.ts';
import { parseInput } from '@plat/platform-kit/parse.ts';
import { Router } from 'express';
import { z } from 'zod';
import type { Store } from '../store/store.ts';
import { Actor, ActorQuery, Idempotency } from './inputs.ts';

const NewTokenBody = z
  .strictObject({
    name: z.string().trim().min(1, 'expected a name').max(100),
    role: Role,
    project: z.string().nullable(),
    hash: z.string().regex(/^[0-9a-f]{64}$/, 'expected the sha256 of the secret in hex'),
    expiresAt: z.iso
      .datetime()
      .transform((time) => new Date(time).toISOString())
      .nullable(),
    actor: Actor,
    idempotency: Idempotency.optional(),
  })
  .refine(({ role, project }) => role !== 'admin' || project === null, {
    path: ['project'],
    message: 'a token with the role admin belongs to no project',
  });

export function tokenRoutes(store: Store): Router {
  const router = Router();

  router.get('/tokens', async (_req, res) => {
    res.json({ items: await store.listTokens() });
  });

  router.post('/tokens', async (req, res) => {
    res.status(201).json(await store.createToken(parseInput(NewTokenBody, req.body, 'The token')));
  });

  router.delete('/tokens/:id', async (req, res) => {
    await store.deleteToken(req.params.id, parseInput(ActorQuery, req.query, 'The query'));
    res.status(204).end();
  });

  return router;
}
