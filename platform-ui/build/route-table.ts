import type { Plugin } from 'vite';
import { API } from '../../platform-kit/src/api/api.ts';

const ID = 'virtual:plat-routes';

/**
 * Module `virtual:plat-routes`: where each route of the public API is, read off the declarations when the dashboard is
 * built. The declarations' schemas weigh more than all the rest of a page's first load, and their types are enough.
 */
export function routeTable(): Plugin {
  const routes = Object.fromEntries(
    Object.entries(API).map(([id, { method, path, ...rest }]) => [
      id,
      { method, path, ...('at' in rest ? { at: rest.at } : {}) },
    ]),
  );
  return {
    name: 'plat:route-table',
    resolveId: (id) => (id === ID ? `\0${ID}` : undefined),
    load: (id) => (id === `\0${ID}` ? `export const ROUTES = ${JSON.stringify(routes)};` : undefined),
  };
}
