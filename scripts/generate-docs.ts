/** Writes what the docs say about settings, commands and the API from the code itself; `--check` fails when they differ. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { configurationPage } from './docs/configuration-page.ts';
import { cliPages } from './docs/cli-pages.ts';
import { openApiPage } from './docs/openapi-page.ts';

const repository = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const pages: { file: string; text: string }[] = [
  { file: 'docs/configuration.md', text: configurationPage() },
  ...(await cliPages()),
  { file: 'docs/openapi.json', text: await openApiPage() },
];
const isCheck = process.argv.includes('--check');
const stale: string[] = [];

for (const { file, text } of pages) {
  const target = path.join(repository, file);
  const formatted = await format(text, { ...(await resolveConfig(target)), filepath: target });
  const present = await readFile(target, 'utf8').catch(() => '');
  if (present === formatted) continue;
  if (isCheck) stale.push(file);
  else await writeFile(target, formatted);
}
if (stale.length) {
  process.stderr.write(`Out of date: ${stale.join(', ')}. Run "npm run docs" and commit the result.\n`);
  process.exit(1);
}
