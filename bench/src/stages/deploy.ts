import { containersOf, docker } from '@plat/e2e/engine.ts';
import { writeFunction } from '@plat/e2e/function-folder.ts';
import { poll } from '@plat/platform-kit/waiting.ts';
import type { Deployed } from './stage.ts';

export type Deployer = {
  namespace: string;
  url: string;
  workFolder: (name: string) => Promise<string>;
  platOk: (args: string[], options: { cwd: string; timeoutMs: number }) => Promise<unknown>;
};

/** Deploys a function and finds its one instance. */
export async function deploy(
  platform: Deployer,
  name: string,
  files: Record<string, string>,
): Promise<Deployed> {
  const folder = await writeFunction(await platform.workFolder(name), files);
  await platform.platOk(['deploy'], { cwd: folder, timeoutMs: 300_000 });
  const found = await poll(
    async () =>
      (await containersOf(platform.namespace, 'default', name)).find(({ State }) => State === 'running'),
    { intervalMs: 100, timeoutMs: 30_000 },
  );
  if (!found) throw new Error(`No instance of ${name} runs.`);
  const info = await docker.getContainer(found.Id).inspect();
  const address = `${Object.values(info.NetworkSettings.Networks)[0]!.IPAddress}:8080`;
  return {
    address,
    containerId: found.Id,
    byPath: {
      name: `${name} by path`,
      url: `${platform.url}/function/${name}`,
      headers: { Authorization: 'Bearer dev-token' },
    },
    byHost: {
      name: `${name} at its own host`,
      url: platform.url,
      headers: { Host: `default-${name}.platform.test` },
    },
    direct: { name: `${name} direct`, url: `http://${address}` },
  };
}
