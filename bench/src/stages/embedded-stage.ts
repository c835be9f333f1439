import { leftovers } from '@plat/e2e/engine.ts';
import { Platform } from '@plat/e2e/platform.ts';
import { deploy } from './deploy.ts';
import { SETTINGS, type Stage } from './stage.ts';

/** `npm start`: gateway and proxy in one process of this machine. */
export async function startEmbedded(): Promise<Stage> {
  const platform = await Platform.start(SETTINGS);
  return {
    name: 'embedded',
    namespace: platform.namespace,
    url: platform.url,
    deploy: (name, files) => deploy(platform, name, files),
    dataPlane: async () => ({ platform: [platform.pid] }),
    containers: async () => (await leftovers(platform.namespace)).containers.length,
    close: () => platform.remove(),
  };
}
