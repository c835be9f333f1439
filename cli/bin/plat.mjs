#!/usr/bin/env node
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

// A package carries one bundled file; in the repository the sources run as they are.
const packageFolder = fileURLToPath(new URL('..', import.meta.url));
const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const bundle = new URL('../dist/plat.mjs', import.meta.url);

async function load() {
  if (existsSync(bundle)) return import(bundle.href);
  const { register } = await import('tsx/esm/api');
  register();
  return import(new URL('../src/main.ts', import.meta.url).href);
}

const { main } = await load();
await main({ packageFolder, version });
