import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { generateCliDocs } from '../../cli/src/cli-docs.ts';
import { platSchema } from '../../cli/src/project-file.ts';

const PREAMBLE = fileURLToPath(new URL('../../docs/cli.preamble.md', import.meta.url));

/** `docs/cli.md` from the program's own declarations, and the JSON Schema of `plat.yaml`. */
export async function cliPages(): Promise<{ file: string; text: string }[]> {
  return [
    { file: 'docs/cli.md', text: generateCliDocs(await readFile(PREAMBLE, 'utf8')) },
    { file: 'cli/plat.schema.json', text: `${JSON.stringify(platSchema(), null, 2)}\n` },
  ];
}
