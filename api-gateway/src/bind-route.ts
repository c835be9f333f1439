import type { Request, Response, Router } from 'express';
import type {
  JsonAnswerOf,
  JsonBodyOf,
  ParamsOf,
  QueryOf,
  RouteDeclaration,
} from '@plat/platform-kit/api/route.ts';
import type { Idempotency } from '@plat/platform-kit/clients/metadata-client.ts';
import type { Principal } from '@plat/platform-kit/domain.ts';
import { parseInput } from '@plat/platform-kit/parse.ts';
import { z } from 'zod';
import { authorise } from './authorise.ts';
import { answerTag, guardOf, matchesNone } from './entity-tags.ts';
import { idempotencyOf } from './idempotency.ts';
import { isSourceForm } from './source-form.ts';
import { principalOf } from './principal-of.ts';

/** A request as its route's declaration has read it. */
export type RouteCall<R> = {
  req: Request;
  res: Response;
  principal: Principal;
  params: ParamsOf<R>;
  query: QueryOf<R>;
  body: JsonBodyOf<R>;
  /** `If-Match` as the metadata service takes it. */
  guard: { ifMatch?: string };
  /** The request's `Idempotency-Key` as the metadata service takes it; `request` is all that decides what is made. */
  once: (request: unknown) => { idempotency?: Idempotency };
  /** Says which record the answer shows: a change of that record can then be guarded with the answer's `ETag`. */
  shows: (record: object) => void;
};

/** What the caller gets as JSON, with the status that is declared; nothing for 204 and for what was answered already. */
export type RouteHandler<R> = (
  call: RouteCall<R>,
) => Promise<JsonAnswerOf<R> | void> | JsonAnswerOf<R> | void;

const NOTHING = z.strictObject({});

/**
 * Binds a declared route below the API's prefix. In this order: reads the path, authorises the route's action, reads
 * query and JSON body, calls `handle`. The action is done to the project that path or query name; of those that name
 * none, to the token's own (routes that take one in the query) or to the platform.
 */
export function bindRoute<const R extends RouteDeclaration>(
  router: Router,
  route: R,
  handle: RouteHandler<R>,
): void {
  router[route.method](route.path, async (req: Request, res: Response) => {
    const principal = principalOf(res);
    const params = route.params ? parseInput(route.params, req.params, 'The path') : {};
    const inPath = (params as { project?: string }).project;
    if (inPath !== undefined) authoriseRoute(principal, route, inPath);
    const query = parseInput(route.query ?? NOTHING, req.query, 'The query');
    if (inPath === undefined) {
      const { project } = query as { project?: string };
      authoriseRoute(principal, route, project ?? (takesProject(route) ? principal.project : null));
    }
    let shown: object | undefined;
    const answer = await handle({
      req,
      res,
      principal,
      params: params as ParamsOf<R>,
      query: query as QueryOf<R>,
      body: readBody(route, req) as JsonBodyOf<R>,
      guard: route.ifMatch ? guardOf(req.headers['if-match']) : {},
      once: (request) =>
        route.idempotent
          ? idempotencyOf(req.headers['idempotency-key'], {
              principal,
              scope: [route.method, route.path, params],
              request,
            })
          : {},
      shows: (record) => (shown = record),
    });
    if (route.answer === 'function' || res.headersSent) return;
    if (route.answer.headers?.includes('etag')) {
      const tag = answerTag(answer, shown);
      res.setHeader('etag', tag);
      if (route.method === 'get' && matchesNone(req.headers['if-none-match'], tag)) {
        return void res.status(304).end();
      }
    }
    res.status(route.answer.status);
    if (route.answer.status === 204) res.end();
    else res.json(answer);
  });
}

function authoriseRoute(principal: Principal, route: RouteDeclaration, project: string | null): void {
  if (route.action !== null) authorise(principal, route.action, { project });
}

function takesProject(route: RouteDeclaration): boolean {
  return route.query instanceof z.ZodObject && 'project' in route.query.shape;
}

function readBody(route: RouteDeclaration, req: Request): unknown {
  if (route.body === undefined || route.body === 'any' || !('json' in route.body)) return undefined;
  if (route.body.orForm && isSourceForm(req)) return undefined;
  const received: unknown = req.body;
  return parseInput(
    route.body.json,
    received === undefined && route.body.isOptional ? {} : received,
    'The body',
  );
}
