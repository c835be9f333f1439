import { ensureInstalled, repository } from './ensure-installed.mjs';

ensureInstalled();
const { register } = await import('tsx/esm/api');
register();
await import(new URL(`file://${repository}/embedded/src/main.ts`).href);
