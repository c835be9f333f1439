import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { readConfig as readGatewayConfig } from '@plat/api-gateway/config.ts';
import { start as startGateway } from '@plat/api-gateway/start.ts';
import { readConfig as readBuilderConfig } from '@plat/builder/config.ts';
import { start as startBuilder } from '@plat/builder/start.ts';
import { readConfig as readControllerConfig } from '@plat/function-controller/config.ts';
import { start as startController } from '@plat/function-controller/start.ts';
import { readConfig as readProxyConfig } from '@plat/function-proxy/config.ts';
import { start as startProxy } from '@plat/function-proxy/start.ts';
import { readConfig as readMetadataConfig } from '@plat/metadata-service/config.ts';
import { start as startMetadata } from '@plat/metadata-service/start.ts';
import type { Running } from '@plat/platform-kit/http-server.ts';
import type { EmbeddedConfig } from './config.ts';
import { openRunFolder } from './run-folder.ts';

/**
 * Every service in this process, wired as in the server mode: each on its own internal listener (Unix sockets in the
 * data folder), with a token made for this run. Only the gateway is handed the proxy's invoker directly.
 */
export async function start(config: EmbeddedConfig): Promise<Running> {
  const dataDir = config.PLAT_DATA_DIR;
  const run = await openRunFolder(dataDir);
  const env: NodeJS.ProcessEnv = {
    ...config.env,
    LOG_LEVEL: config.LOG_LEVEL,
    INTERNAL_TOKEN: randomBytes(32).toString('base64url'),
    DATABASE_URL: config.env['DATABASE_URL'] ?? `sqlite:${path.join(dataDir, 'plat.db')}`,
    RUNTIMES_DIR: config.env['RUNTIMES_DIR'] ?? config.runtimesDir,
    METADATA_LISTEN: run.socket('metadata'),
    METADATA_URL: run.socket('metadata'),
    BUILDER_LISTEN: run.socket('builder'),
    BUILDER_URL: run.socket('builder'),
    CONTROLLER_LISTEN: run.socket('controller'),
    CONTROLLER_URL: run.socket('controller'),
    PROXY_LISTEN: run.socket('proxy'),
    PROXY_URL: run.socket('proxy'),
  };
  const gatewayConfig = readGatewayConfig(env);
  const running: { close: () => Promise<void> }[] = [{ close: run.remove }];
  const closeAll = async () => {
    for (const service of running.splice(0).reverse()) await service.close();
  };
  try {
    running.push(await startMetadata(readMetadataConfig(env)));
    running.push(await startBuilder(readBuilderConfig({ ...env, DATA_DIR: path.join(dataDir, 'builder') })));
    const proxy = await startProxy(readProxyConfig(env));
    running.push(proxy);
    running.push(
      await startController(readControllerConfig({ ...env, DATA_DIR: path.join(dataDir, 'controller') })),
    );
    const gateway = await startGateway(gatewayConfig, { invoker: proxy.invoker });
    running.push(gateway);
    return { url: gateway.url, close: closeAll };
  } catch (error) {
    await closeAll();
    throw error;
  }
}
