import type { EngineInfo } from '@plat/platform-kit/clients/controller-client.ts';
import type { ReachInfo } from '@plat/platform-kit/clients/proxy-client.ts';
import { banner } from './banner.ts';
import type { EmbeddedConfig } from './config.ts';

/** Asks the platform about itself, as any client would, and prints what a person needs to go on. */
export async function announce(url: string, config: EmbeddedConfig, seconds: number): Promise<void> {
  const { AUTH_TOKEN: token, DOMAIN: domain } = config.services.gateway;
  const response = await fetch(`${url}/api/system`, {
    headers: { authorization: `Bearer ${token}` },
    signal: AbortSignal.timeout(10_000),
  });
  const { engine, reach } = (await response.json()) as { engine: EngineInfo; reach: ReachInfo };
  const local = new URL(url);
  local.hostname = 'localhost';
  process.stdout.write(
    banner({ url: local.origin, token, domain, engine, reach, dataDir: config.dataDir, seconds }),
  );
}
