import { routePath } from '@plat/platform-kit/api/api-client.ts';
import { createApi, type Api } from '../api-client/api.ts';
import { createHttp } from '../api-client/http.ts';
import { createLiveEvents } from '../api-client/live-events.ts';
import { createQueryClient } from '../api-client/query-client.ts';
import { createSession } from '../api-client/session.ts';
import type { QueryClient } from '@tanstack/react-query';
import { ROUTES } from 'virtual:plat-routes';
import { createRouter } from './router.tsx';

export type AppParts = { api: Api; queryClient: QueryClient; router: ReturnType<typeof createRouter> };

/** Puts the dashboard's parts together, once. */
export function createApp(browser: Pick<Window, 'sessionStorage' | 'fetch' | 'document'>): AppParts {
  const session = createSession(browser.sessionStorage);
  const http = createHttp(session, (...args: Parameters<typeof fetch>) => browser.fetch(...args));
  const queryClient = createQueryClient();
  // What one principal may see is not shown to the next.
  session.subscribe(() => queryClient.clear());
  const live = createLiveEvents({
    open: (lastId, signal) =>
      http.open('GET', routePath(ROUTES.watchEvents, {}), {
        headers: {
          accept: 'text/event-stream',
          ...(lastId === undefined ? {} : { 'last-event-id': lastId }),
        },
        signal,
      }),
    session,
    page: browser.document,
  });
  return { api: createApi(http, session, live), queryClient, router: createRouter() };
}
