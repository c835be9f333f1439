import { readFile, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { send, type Received } from './http-client.ts';
import type { Environment, Instance } from './launcher.ts';
import { eventually } from './waiting.ts';

export type Code = { files: { path: string; data: string; executable: boolean }[] };

/** All files of a source as a specialise request carries them. */
export async function readCode(sourceFolder: string): Promise<Code> {
  const names = await readdir(sourceFolder, { recursive: true, withFileTypes: true });
  const files = await Promise.all(
    names
      .filter((name) => name.isFile())
      .map(async (name) => {
        const file = path.join(name.parentPath, name.name);
        const data = (await readFile(file)).toString('base64');
        const executable = ((await stat(file)).mode & 0o100) !== 0;
        return { path: path.relative(sourceFolder, file), data, executable };
      }),
  );
  return { files };
}

export async function untilGeneric(instance: Instance): Promise<void> {
  await eventually('the generic instance answers', () =>
    send(instance, { path: '/_plat/ready' }).catch(() => undefined),
  );
}

export function specialize(instance: Instance, { files }: Code, env: Environment): Promise<Received> {
  const body = JSON.stringify({ files, env });
  return send(instance, { path: '/_plat/specialize', method: 'POST', body });
}
