import { render } from '@testing-library/react';
import { RouterProvider, createMemoryRouter, type RouteObject } from 'react-router';
import type { Problem } from '@plat/platform-kit/errors.ts';
import { Providers } from '../app/providers.tsx';
import { createApp } from '../app/create-app.ts';

/** `stream`: sent as server-sent events instead of a body; `bytes`: as they are. */
type Answer = { status?: number; body?: unknown; stream?: ReadableStream<Uint8Array>; bytes?: Uint8Array };
export type Handler = (request: { body: unknown; query: URLSearchParams }) => Answer | Promise<Answer>;

/** The dashboard, or a page of it, in front of a platform that answers as `routes` say: `'GET /api/whoami'`. */
export function renderApp(options: {
  routes: Record<string, Handler>;
  page: RouteObject[];
  at?: string;
  token?: string | null;
  /** As after a reload, instead of in a new tab. */
  keepStorage?: boolean;
}) {
  if (!options.keepStorage) sessionStorage.clear();
  const token = options.token === undefined ? 'dev-token' : options.token;
  if (token !== null) sessionStorage.setItem('plat.token', token);
  const asked: string[] = [];
  const fetchIt = async (input: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    const url = new URL(input instanceof Request ? input.url : input, 'http://plat.test');
    const route = `${init.method ?? 'GET'} ${url.pathname}`;
    asked.push(`${route} ${new Headers(init.headers).get('authorization') ?? ''}`.trim());
    const handler = options.routes[route];
    const body: unknown = typeof init.body === 'string' ? JSON.parse(init.body) : init.body;
    const answer = handler
      ? await handler({ body, query: url.searchParams })
      : problem('not_found', `No ${route}.`);
    const status = answer.status ?? 200;
    if (answer.stream)
      return new Response(answer.stream, { headers: { 'content-type': 'text/event-stream' } });
    if (answer.bytes) return new Response(answer.bytes as BodyInit);
    return new Response(status === 204 ? null : JSON.stringify(answer.body), {
      status,
      headers: { 'content-type': status < 400 ? 'application/json' : 'application/problem+json' },
    });
  };
  const { api, queryClient } = createApp({ sessionStorage, fetch: fetchIt, document });
  queryClient.setDefaultOptions({ queries: { retry: false } });
  const router = createMemoryRouter(options.page, { initialEntries: [options.at ?? '/'] });
  const view = render(
    <Providers {...{ api, queryClient }}>
      <RouterProvider router={router} />
    </Providers>,
  );
  return { ...view, asked, router, api };
}

export function problem(code: Problem['code'], detail: string, status = 404): Answer {
  return { status, body: { code, detail, status, component: 'api-gateway', requestId: 'req1' } };
}
