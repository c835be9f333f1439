import { textFile, type SourceFile } from '../../../archive/source-files.ts';

/** What a deploy never uploads, as the command line's `pack` has it. */
const LEFT_OUT = new Set(['plat.yaml', '.platignore']);

const FILES = import.meta.glob<string>(['../../../../../runtimes/*/template/**', '!**/node_modules/**'], {
  query: '?raw',
  import: 'default',
});

/** The runtime's template with the function's name put in; empty for a runtime that came without one. */
export async function readTemplate(runtime: string, name: string): Promise<SourceFile[]> {
  const prefix = `../../../../../runtimes/${runtime}/template/`;
  const files = await Promise.all(
    Object.entries(FILES)
      .filter(([path]) => path.startsWith(prefix) && !LEFT_OUT.has(path.slice(prefix.length)))
      .map(async ([path, read]) =>
        textFile(path.slice(prefix.length), (await read()).replaceAll('{{name}}', name)),
      ),
  );
  return files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}
