import { readConfig as readGatewayConfig } from '@plat/api-gateway/config.ts';
import type { EngineInfo } from '@plat/platform-kit/clients/controller-client.ts';
import { banner } from './banner.ts';
import type { EmbeddedConfig } from './config.ts';

/** Asks the platform about itself, as any client would, and prints what a person needs to go on. */
export async function announce(url: string, config: EmbeddedConfig, seconds: number): Promise<void> {
  const gateway = readGatewayConfig({ ...config.env, INTERNAL_TOKEN: 'not needed to read settings' });
  const local = new URL(url);
  local.hostname = 'localhost';
  const response = await fetch(`${url}/api/system`, {
    headers: { authorization: `Bearer ${gateway.AUTH_TOKEN}` },
    signal: AbortSignal.timeout(10_000),
  });
  const { engine } = (await response.json()) as { engine: EngineInfo };
  const publicUrl = local.href.replace(/\/$/, '');
  process.stdout.write(
    banner({
      url: publicUrl,
      token: gateway.AUTH_TOKEN,
      domain: gateway.DOMAIN,
      engine,
      dataDir: config.PLAT_DATA_DIR,
      seconds,
    }),
  );
}
