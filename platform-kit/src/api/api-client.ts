import type { z } from 'zod';
import { API_PREFIX } from './api-version.ts';
import type { API } from './api.ts';
import type { JsonAnswerOf, RouteDeclaration } from './route.ts';

export type ApiRequest = {
  method: string;
  /** Complete and encoded, without the query. */
  path: string;
  query: Record<string, string | number | boolean | undefined>;
  body: unknown;
};

/** Where a route is; a declaration is one, and says more. */
export type RouteAddress = Pick<RouteDeclaration, 'method' | 'path' | 'at'>;

/** Sends a request and answers with its JSON body (nothing for 204); throws for every answer that is an error. */
export type ApiTransport<Options> = (request: ApiRequest, options: Options | undefined) => Promise<unknown>;

type Part<K extends string, R> =
  R extends Record<K, infer S extends z.ZodType> ? Record<K, z.input<S>> : unknown;
type QueryPart<R> = R extends { query: infer S extends z.ZodType } ? { query?: z.input<S> } : unknown;
type BodyPart<R> = R extends { body: { json: infer S extends z.ZodType } }
  ? R extends { body: { isOptional: true } }
    ? { body?: z.input<S> }
    : { body: z.input<S> }
  : R extends { body: unknown }
    ? { body: unknown }
    : unknown;

export type ApiInput<R> = Part<'params', R> & QueryPart<R> & BodyPart<R>;

export type ApiClient<Options> = {
  [K in keyof typeof API]: (
    ...input: unknown extends ApiInput<(typeof API)[K]>
      ? [input?: Record<never, never>, options?: Options]
      : [input: ApiInput<(typeof API)[K]>, options?: Options]
  ) => Promise<JsonAnswerOf<(typeof API)[K]>>;
};

/**
 * The public API as functions, one a route, with the types of the routes' own schemas. `routes` is `API`, or what is left
 * of it where the schemas themselves are too heavy to carry.
 */
export function createApiClient<Options = undefined>(
  routes: Record<keyof typeof API, RouteAddress>,
  transport: ApiTransport<Options>,
): ApiClient<Options> {
  const methods = Object.entries<RouteAddress>(routes).map(([id, route]) => [
    id,
    (input: { params?: object; query?: ApiRequest['query']; body?: unknown } = {}, options?: Options) =>
      transport(
        {
          method: route.method.toUpperCase(),
          path: routePath(route, { ...input.params }),
          query: input.query ?? {},
          body: input.body,
        },
        options,
      ),
  ]);
  return Object.fromEntries(methods) as ApiClient<Options>;
}

/** The path of a route with its parameters put in, encoded. */
export function routePath(route: RouteAddress, params: Record<string, string | number> = {}): string {
  const path = route.path.replace(/:([a-z]+)/gi, (_, name: string) => encodeURIComponent(params[name] ?? ''));
  return route.at === undefined ? `${API_PREFIX}${path}` : path;
}
