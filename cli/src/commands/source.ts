import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { access, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { note, type ApiContext } from '../context.ts';
import { confirmDestruction } from '../prompts.ts';
import { resolveFunction } from '../target.ts';

export type SourceArgs = { name: string; version: number; outputFile?: string };

/** Downloads the archive a version was built from; a file appears only once all of it is there. */
export async function source(context: ApiContext, args: SourceArgs): Promise<void> {
  const key = resolveFunction(context, args.name);
  const wanted = args.outputFile ?? `${key.name}-${args.version}.zip`;
  if (wanted === '-') {
    const body = await context.api.source(key, args.version);
    for await (const chunk of body) await context.out.write(chunk);
    return;
  }
  const file = path.resolve(context.cwd, wanted);
  const exists = await access(file).then(
    () => true,
    () => false,
  );
  if (exists) await confirmDestruction(context, `Overwrite ${wanted}?`);
  const temporary = `${file}.${randomBytes(4).toString('hex')}.part`;
  try {
    const body = await context.api.source(key, args.version);
    await pipeline(body, createWriteStream(temporary, { flags: 'wx' }), { signal: context.signal });
    await rename(temporary, file);
  } finally {
    await rm(temporary, { force: true });
  }
  await note(context, `Saved as ${wanted}.`);
}
