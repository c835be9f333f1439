import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { openApiDocument } from '@plat/platform-kit/api/openapi-document.ts';

const GATEWAY = fileURLToPath(new URL('../../api-gateway/package.json', import.meta.url));

/** `docs/openapi.json`: what the gateway of this version answers at `/openapi.json`. */
export async function openApiPage(): Promise<string> {
  const { version } = JSON.parse(await readFile(GATEWAY, 'utf8')) as { version: string };
  return JSON.stringify(openApiDocument({ platformVersion: version }));
}
