import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** Writes a function's folder: `files` by name, text or bytes. */
export async function writeFunction(folder: string, files: Record<string, string | Buffer>): Promise<string> {
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, content);
  }
  return folder;
}

/** A Node function with the given handler body. */
export function nodeFunction(name: string, body: string, settings = ''): Record<string, string> {
  return {
    'plat.yaml': `name: ${name}\nruntime: node\n${settings}`,
    'index.js': `exports.handler = async (event, context) => {\n${body}\n};\n`,
  };
}
