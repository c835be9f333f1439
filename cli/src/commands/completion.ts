import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Context } from '../context.ts';

/** Prints the completion script of a shell. What completes is asked of `plat` itself, each time. */
export async function completion(context: Context, args: { shell: string }): Promise<void> {
  const file = path.join(context.packageFolder, 'completion', `plat.${args.shell}`);
  await context.out.write(await readFile(file, 'utf8'));
}
