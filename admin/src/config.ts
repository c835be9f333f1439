import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { GatewaySettings } from '@plat/api-gateway/config.ts';
import { BuilderSettings } from '@plat/builder/config.ts';
import { ControllerSettings } from '@plat/function-controller/config.ts';
import { ProxySettings } from '@plat/function-proxy/config.ts';
import { MetadataSettings } from '@plat/metadata-service/config.ts';

const REPOSITORY = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/** Made anew by every start, or of the machine that is left. */
const NOT_KEPT = new Set(['INTERNAL_TOKEN', 'DATA_DIR', 'RUNTIMES_DIR']);
const KEPT = [GatewaySettings, BuilderSettings, ControllerSettings, ProxySettings, MetadataSettings]
  .flatMap((schema) => Object.keys(schema.shape))
  .filter((name) => !NOT_KEPT.has(name) && !/_(LISTEN|URL)$/.test(name));

export type AdminConfig = {
  /** What `--data-dir` is when it is not given; so the others below. */
  dataDir: string;
  /** What `--builder-dir` and `--controller-dir` are; inside of the data folder when undefined. */
  builderDir: string | undefined;
  controllerDir: string | undefined;
  databaseUrl: string | undefined;
  /** Settings of the platform that this process was started with, sorted by name. */
  settings: [name: string, value: string][];
};

export function readConfig(env: NodeJS.ProcessEnv = process.env): AdminConfig {
  return {
    dataDir: path.resolve(env['PLAT_DATA_DIR'] || path.join(REPOSITORY, '.plat')),
    builderDir: env['BUILDER_DATA_DIR'] || undefined,
    controllerDir: env['CONTROLLER_DATA_DIR'] || undefined,
    databaseUrl: env['DATABASE_URL'] || undefined,
    settings: [...new Set(KEPT)]
      .sort()
      .flatMap((name) => (env[name] ? [[name, env[name]] as [string, string]] : [])),
  };
}
