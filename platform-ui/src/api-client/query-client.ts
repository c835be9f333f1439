import { QueryClient } from '@tanstack/react-query';
import { RequestError } from './request-error.ts';

const TRANSIENT = new Set(['network', 'unreachable', 'unavailable', 'rate_limited']);

/** What the dashboard knows of the platform. Only what may well succeed the next time is tried again. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 2000,
        // A browser that is offline asks all the same and fails: else what is shown would look up to date.
        networkMode: 'always',
        refetchOnReconnect: true,
        retry: (failures, error) =>
          failures < 2 && error instanceof RequestError && TRANSIENT.has(error.code),
        retryDelay: (failures) => Math.min(500 * 2 ** failures, 4000),
      },
      mutations: { networkMode: 'always' },
    },
  });
}
