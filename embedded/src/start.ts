import { start as startGateway } from '@plat/api-gateway/start.ts';
import { start as startBuilder } from '@plat/builder/start.ts';
import { chooseEngine } from '@plat/function-controller/engine/choose-engine.ts';
import { start as startController } from '@plat/function-controller/start.ts';
import { start as startProxy } from '@plat/function-proxy/start.ts';
import type { Running } from '@plat/platform-kit/http-server.ts';
import { createLogger } from '@plat/platform-kit/logging.ts';
import type { EmbeddedConfig } from './config.ts';
import { startMetadataThread } from './metadata-thread.ts';
import { openRunFolder } from './run-folder.ts';

/**
 * Every service in this process, wired as in the server mode: each on its own internal listener, a Unix socket. The
 * gateway is handed the proxy's invoker directly, and the metadata service has a thread of its own. A start that fails
 * closes what had started.
 */
export async function start({ dataDir, sockets, services }: EmbeddedConfig): Promise<Running> {
  await openRunFolder(sockets, dataDir);
  const ENGINE = await chooseEngine({
    dataDir,
    folder: services.controller.PROCESS_DIR,
    wanted: services.own.ENGINE,
    dockerHost: services.controller.DOCKER_HOST,
    logger: createLogger('embedded', { level: services.own.LOG_LEVEL }),
  });
  const running: Running[] = [];
  const close = async () => {
    for (const service of running.splice(0).reverse()) await service.close();
  };
  try {
    running.push(await startMetadataThread(services.metadata));
    running.push(await startBuilder({ ...services.builder, ENGINE }));
    const proxy = await startProxy({ ...services.proxy, ENGINE });
    running.push(proxy);
    running.push(await startController({ ...services.controller, ENGINE }));
    const gateway = await startGateway(services.gateway, { invoker: proxy.invoker });
    running.push(gateway);
    return { url: gateway.url, close };
  } catch (error) {
    await close();
    throw error;
  }
}
