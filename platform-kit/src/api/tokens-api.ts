import { z } from 'zod';
import { Role } from '../domain.ts';
import { durationMs } from '../units.ts';
import { IdParams, PageQuery, ProjectName, page } from './inputs.ts';
import { defineRoute } from './route.ts';
import { NewTokenView, TokenView } from './views.ts';

const NewToken = z
  .strictObject({
    name: z
      .string('expected a name')
      .trim()
      .min(1, 'expected a name')
      .max(60, 'expected at most 60 characters'),
    role: Role,
    project: ProjectName.nullish().meta({
      description: 'The one project it is good for; all when left out.',
    }),
    expiresIn: durationMs({ minMs: 1000, maxMs: 3650 * 86_400_000 })
      .nullish()
      .meta({ description: 'A duration such as `30d`, or a number of seconds; never when left out.' }),
  })
  .refine((token) => token.role !== 'admin' || token.project == null, {
    path: ['project'],
    error: 'an admin token is good for all projects; leave the project out or take another role',
  });

export const tokensApi = {
  listTokens: defineRoute({
    method: 'get',
    path: '/tokens',
    tag: 'Tokens',
    summary: 'List tokens, in the order they were made',
    action: 'token.administer',
    query: PageQuery,
    answer: { status: 200, json: page(TokenView) },
    problems: [],
  }),
  createToken: defineRoute({
    method: 'post',
    path: '/tokens',
    tag: 'Tokens',
    summary: 'Make a token; its secret is in this answer and nowhere else',
    action: 'token.administer',
    body: { json: NewToken },
    idempotent: true,
    answer: { status: 201, json: NewTokenView },
    problems: ['not_found', 'conflict'],
  }),
  deleteToken: defineRoute({
    method: 'delete',
    path: '/tokens/:id',
    tag: 'Tokens',
    summary: 'Delete a token; whoever uses it is locked out',
    action: 'token.administer',
    params: IdParams,
    answer: { status: 204 },
    problems: ['not_found'],
  }),
};
