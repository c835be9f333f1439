import { readFile } from 'node:fs/promises';
import { format, resolveConfig } from 'prettier';
import { describe, expect, it } from 'vitest';
import { fullName, generateCliDocs, leaves } from './cli-docs.ts';
import { EXIT_CODES } from './exit-codes.ts';
import { createProgram } from './program.ts';
import { platSchema } from './project-file.ts';

const DOCS = new URL('../../docs/', import.meta.url);
const docs = await readFile(new URL('cli.md', DOCS), 'utf8');
const commands = leaves(createProgram({ version: '0', execute: async () => undefined }));

async function pretty(file: URL, text: string): Promise<string> {
  return format(text, { ...(await resolveConfig(file.pathname)), filepath: file.pathname });
}

describe('docs/cli.md', () => {
  it('has a section for every command, and for nothing else', () => {
    const named = [...docs.matchAll(/^### `(plat(?: [a-z][a-z-]*)+)/gm)].map((match) => match[1]);
    expect(named.sort()).toEqual(commands.map(fullName).sort());
  });

  it.each(commands.map((command) => [fullName(command), command] as const))(
    'says every option of %s',
    (name, command) => {
      const section = docs
        .split(/^### /m)
        .find((text) => text.startsWith(`\`${name}\``) || text.startsWith(`\`${name} `))!;
      const common = docs.split('## Options of every command')[1]!.split('## Commands')[0]!;
      const known = new Set([...`${section}${common}`.matchAll(/--[a-z][a-z-]*/g)].map((match) => match[0]));
      const declared = command.options.map((option) => option.long!);
      expect([...known]).toEqual(expect.arrayContaining(declared));
      const own = [...section.matchAll(/^- `(?:-\w, )?(--[a-z-]+)/gm)].map((match) => match[1]);
      expect(declared).toEqual(expect.arrayContaining(own));
    },
  );

  it('says every exit code', () => {
    const rows = [...docs.matchAll(/^\| (\d+) +\|/gm)].map((match) => Number(match[1]));
    expect(rows).toEqual(Object.values(EXIT_CODES).map(({ code }) => code));
  });

  it('is what the program generates (`npm run docs` writes it)', async () => {
    const preamble = await readFile(new URL('cli.preamble.md', DOCS), 'utf8');
    expect(docs).toBe(await pretty(new URL('cli.md', DOCS), generateCliDocs(preamble)));
  });
});

describe('plat.schema.json', () => {
  it('is what the program generates (`npm run docs` writes it)', async () => {
    const file = new URL('../plat.schema.json', import.meta.url);
    expect(await readFile(file, 'utf8')).toBe(await pretty(file, JSON.stringify(platSchema(), null, 2)));
  });
});
