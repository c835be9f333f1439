import { z } from 'zod';
import { RuntimeManifest } from '../runtime-manifest.ts';
import { PageQuery, page } from './inputs.ts';
import { defineRoute } from './route.ts';
import { PrincipalView, SystemView } from './views.ts';

const Health = z.object({ status: z.string(), component: z.string() });

export const systemApi = {
  health: defineRoute({
    method: 'get',
    path: '/healthz',
    at: 'root',
    tag: 'Platform',
    summary: 'Whether the gateway runs',
    action: null,
    answer: { status: 200, json: Health },
    problems: [],
  }),
  readiness: defineRoute({
    method: 'get',
    path: '/readyz',
    at: 'root',
    tag: 'Platform',
    summary:
      'Whether to send calls here: the record was read at least once, and the gateway is not about to end',
    action: null,
    answer: { status: 200, json: Health },
    problems: ['unavailable'],
  }),
  openApiDocument: defineRoute({
    method: 'get',
    path: '/openapi.json',
    at: 'root',
    tag: 'Platform',
    summary: 'This document',
    action: null,
    answer: { status: 200, json: z.looseObject({ openapi: z.string() }), headers: ['etag'] },
    problems: [],
  }),
  docsPage: defineRoute({
    method: 'get',
    path: '/docs',
    at: 'root',
    tag: 'Platform',
    summary: 'This document to browse',
    action: null,
    answer: { status: 200, text: 'text/html' },
    problems: [],
  }),
  whoami: defineRoute({
    method: 'get',
    path: '/whoami',
    tag: 'Platform',
    summary: 'Who is asking',
    action: null,
    answer: { status: 200, json: PrincipalView },
    problems: [],
  }),
  getSystem: defineRoute({
    method: 'get',
    path: '/system',
    tag: 'Platform',
    summary: 'State of the platform; what is away says so in `problem`',
    action: 'system.read',
    answer: { status: 200, json: SystemView },
    problems: [],
  }),
  listRuntimes: defineRoute({
    method: 'get',
    path: '/runtimes',
    tag: 'Platform',
    summary: 'List runtimes',
    action: 'runtime.list',
    query: PageQuery,
    answer: { status: 200, json: page(RuntimeManifest) },
    problems: [],
  }),
};
