import { parseInput } from '@plat/platform-kit/parse.ts';
import { Router } from 'express';
import { z } from 'zod';
import type { ChangePoll } from '../change-poll.ts';

const wholeNumber = (max: number) =>
  z
    .string()
    .regex(/^\d{1,15}$/, 'expected a whole number')
    .transform(Number)
    .refine((value) => value <= max, `expected at most ${max}`);

const ChangesQuery = z.strictObject({
  since: wholeNumber(Number.MAX_SAFE_INTEGER).default(0),
  waitMs: wholeNumber(30_000).default(0),
});

export function changeRoutes(changes: ChangePoll): Router {
  const router = Router();

  router.get('/changes', async (req, res) => {
    const query = parseInput(ChangesQuery, req.query, 'The query');
    const gone = new AbortController();
    res.once('close', () => gone.abort());
    const page = await changes.next(query, gone.signal);
    // Over a kept connection the follower would ask again at once, and hold up the server that closes.
    if (changes.closed) res.setHeader('connection', 'close');
    res.json(page);
  });

  return router;
}
