import { readFile, writeFile } from 'node:fs/promises';
import { format, resolveConfig } from 'prettier';
import { generateCliDocs } from '../src/cli-docs.ts';
import { platSchema } from '../src/project-file.ts';

const DOCS = new URL('../../docs/', import.meta.url);

/** Writes what is generated from the program: `cli/plat.schema.json` and `docs/cli.md`. */
async function write(file, text) {
  const filepath = file.pathname;
  await writeFile(file, await format(text, { ...(await resolveConfig(filepath)), filepath }));
}

await write(new URL('../plat.schema.json', import.meta.url), JSON.stringify(platSchema()));
await write(
  new URL('cli.md', DOCS),
  generateCliDocs(await readFile(new URL('cli.preamble.md', DOCS), 'utf8')),
);
