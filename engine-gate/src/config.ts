import { LogLevel, ServiceUrl, loadConfig } from '@plat/platform-kit/config.ts';
import { NetworkPoolSetting } from '@plat/platform-kit/docker/network-pool.ts';
import { z } from 'zod';

export const GateSettings = z.object({
  ENGINE_SOCKET: z.string().default('/var/run/docker.sock').meta({ description: "The engine's own socket." }),
  GATE_DIR: z.string().default('/gate').meta({ description: 'Folder with one folder a service; each gets its socket `engine.sock` there.' }),
  GATE_LISTEN: ServiceUrl.default('http://127.0.0.1:7079').meta({ description: 'Where `/healthz` says whether the engine answers.' }),
  PLAT_NAMESPACE: z.string().regex(/^[a-z][a-z0-9-]{0,30}$/, 'expected lower-case letters, digits and dashes').default('plat').meta({ description: 'Name of this installation: what carries other labels is out of reach.' }),
  FUNCTIONS_NETWORK_POOL: NetworkPoolSetting,
  LOG_LEVEL: LogLevel.default('info').meta({ description: 'Least level of log lines.' }),
}); // prettier-ignore
export type GateConfig = z.output<typeof GateSettings>;

export function readConfig(env: NodeJS.ProcessEnv = process.env): GateConfig {
  return loadConfig(GateSettings, env, { service: 'the engine-gate' });
}
