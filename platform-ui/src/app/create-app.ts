import { createApi, type Api } from '../api-client/api.ts';
import { createHttp } from '../api-client/http.ts';
import { createQueryClient } from '../api-client/query-client.ts';
import { createSession } from '../api-client/session.ts';
import type { QueryClient } from '@tanstack/react-query';
import { createRouter } from './router.tsx';

export type AppParts = { api: Api; queryClient: QueryClient; router: ReturnType<typeof createRouter> };

/** Puts the dashboard's parts together, once. */
export function createApp(browser: Pick<Window, 'sessionStorage' | 'fetch'>): AppParts {
  const session = createSession(browser.sessionStorage);
  const http = createHttp(session, (...args: Parameters<typeof fetch>) => browser.fetch(...args));
  const queryClient = createQueryClient();
  // What one principal may see is not shown to the next.
  session.subscribe(() => queryClient.clear());
  return { api: createApi(http, session), queryClient, router: createRouter() };
}
