import { createContext, use } from 'react';
import {
  createApiClient,
  routePath,
  type ApiClient,
  type ApiInput,
} from '@plat/platform-kit/api/api-client.ts';
import type { API } from '@plat/platform-kit/api/api.ts';
import { ROUTES } from 'virtual:plat-routes';
import type { Http, HttpOptions } from './http.ts';
import type { LiveEvents } from './live-events.ts';
import type { Session } from './session.ts';

export type CallOptions = Pick<HttpOptions, 'signal' | 'headers' | 'timeoutMs' | 'token'>;

/** A request as it goes out, to be shown before it does. */
export type ShownRequest = { method: string; path: string; body?: unknown };

/** The platform as features see it. Only what is in a feature's `api/` uses it. */
export type Api = {
  /** The public API, by the declarations the gateway has its routes from. */
  call: ApiClient<CallOptions>;
  /** For what is not JSON: streams, archives, functions themselves. */
  http: Http;
  /** The path of a route, for `http`. */
  path: (route: keyof typeof ROUTES, params: Record<string, string | number>) => string;
  /** What `call` would send. */
  request: <K extends keyof typeof API>(route: K, input: ApiInput<(typeof API)[K]>) => ShownRequest;
  session: Session;
  live: LiveEvents;
};

export function createApi(http: Http, session: Session, live: LiveEvents): Api {
  const call = createApiClient<CallOptions>(ROUTES, (request, options) =>
    http.json(request.method, request.path, { ...options, query: request.query, body: request.body }),
  );
  const path: Api['path'] = (route, params) => routePath(ROUTES[route], params);
  const request: Api['request'] = (route, input) => {
    const { params, body } = input as { params?: Record<string, string | number>; body?: unknown };
    const method = ROUTES[route].method.toUpperCase();
    return { method, path: path(route, params ?? {}), ...(body === undefined ? {} : { body }) };
  };
  return { call, http, path, request, session, live };
}

export const ApiContext = createContext<Api | null>(null);

export function useApi(): Api {
  const api = use(ApiContext);
  if (api === null) throw new Error('useApi() needs an ApiContext around it.');
  return api;
}
