import { ensureInstalled, repository } from './ensure-installed.mjs';

ensureInstalled();
const { ensureDashboard } = await import('./dashboard.mjs');
if (!ensureDashboard()) process.stderr.write('The dashboard could not be built; Plat starts without it.\n');
const { register } = await import('tsx/esm/api');
register();
await import(new URL(`file://${repository}/embedded/src/main.ts`).href);
