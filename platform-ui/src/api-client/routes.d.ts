declare module 'virtual:plat-routes' {
  import type { RouteAddress } from '@plat/platform-kit/api/api-client.ts';
  import type { API } from '@plat/platform-kit/api/api.ts';

  export const ROUTES: Record<keyof typeof API, RouteAddress>;
}
