import { generateCliDocs } from '../../cli/src/cli-docs.ts';
import { platSchema } from '../../cli/src/plat-schema.ts';

/** `docs/cli.md` from the program's own declarations, and the JSON Schema of `plat.yaml`. */
export async function cliPages(): Promise<{ file: string; text: string }[]> {
  return [
    { file: 'docs/cli.md', text: await generateCliDocs() },
    { file: 'cli/plat.schema.json', text: `${JSON.stringify(platSchema(), null, 2)}\n` },
  ];
}
