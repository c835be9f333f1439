import { createHash, randomBytes } from 'node:crypto';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { readConfig as readGatewayConfig } from '@plat/api-gateway/config.ts';
import { readConfig as readBuilderConfig } from '@plat/builder/config.ts';
import { readConfig as readControllerConfig } from '@plat/function-controller/config.ts';
import { readConfig as readProxyConfig } from '@plat/function-proxy/config.ts';
import { readConfig as readMetadataConfig } from '@plat/metadata-service/config.ts';
import { loadConfig, LogLevel, readAll } from '@plat/platform-kit/config.ts';
import { z } from 'zod';

const OWNER = 'Plat';
const REPOSITORY = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

export const EmbeddedSettings = z.object({
  PLAT_DATA_DIR: z.string().default(path.join(REPOSITORY, '.plat')).meta({
    description: 'Folder of the embedded platform: database, sources, logs. `.plat` in the repository by default.',
    default: '.plat',
  }),
  ENGINE: z.enum(['auto', 'docker', 'process']).default('auto').meta({
    description: 'What runs functions. `auto`: containers if a Docker engine answers at the start, else processes of this host, which isolate less (docs/process-engine.md), until one answers. A data folder that was used with Docker stays with it.',
  }),
  LOG_LEVEL: LogLevel.default('warn').meta({ description: 'Least level of log lines; the embedded platform says only what went wrong by default.' }),
}); // prettier-ignore

/** The embedded platform's own settings. */
function readOwnSettings(env: NodeJS.ProcessEnv): z.output<typeof EmbeddedSettings> {
  return loadConfig(EmbeddedSettings, env, { service: OWNER });
}

/**
 * The settings of every service, as one configuration. The addresses and the internal token are made here; all that is
 * wrong anywhere is reported at once.
 */
export function readConfig(env: NodeJS.ProcessEnv = process.env) {
  const dataDir = path.resolve(env['PLAT_DATA_DIR'] || path.join(REPOSITORY, '.plat'));
  const sockets = socketFolder(dataDir);
  const at = (service: string) => `unix:${path.join(sockets, `${service}.sock`)}`;
  const common: NodeJS.ProcessEnv = {
    ...env,
    LOG_LEVEL: env['LOG_LEVEL'] || 'warn',
    // Chosen at the start, for all three at once.
    ENGINE: undefined,
    PROCESS_DIR: path.join(dataDir, 'process'),
    INTERNAL_TOKEN: randomBytes(32).toString('base64url'),
    DATABASE_URL: env['DATABASE_URL'] || `sqlite:${path.join(dataDir, 'plat.db')}`,
    UI_DIR: env['UI_DIR'] || path.join(REPOSITORY, 'platform-ui/dist'),
    RUNTIMES_DIR: env['RUNTIMES_DIR'] || path.join(REPOSITORY, 'runtimes'),
    METADATA_LISTEN: at('metadata'),
    METADATA_URL: at('metadata'),
    BUILDER_LISTEN: at('builder'),
    BUILDER_URL: at('builder'),
    CONTROLLER_LISTEN: at('controller'),
    CONTROLLER_URL: at('controller'),
    PROXY_LISTEN: at('proxy'),
    PROXY_URL: at('proxy'),
  };
  const services = readAll(OWNER, {
    own: () => readOwnSettings(env),
    metadata: () => readMetadataConfig(common),
    builder: () => readBuilderConfig({ ...common, DATA_DIR: path.join(dataDir, 'builder') }),
    proxy: () => readProxyConfig(common),
    controller: () => readControllerConfig({ ...common, DATA_DIR: path.join(dataDir, 'controller') }),
    gateway: () => readGatewayConfig(common),
  });
  return { dataDir, sockets, services };
}
export type EmbeddedConfig = ReturnType<typeof readConfig>;

/** A path of a Unix socket has at most 107 bytes (unix(7), sun_path). */
const SOCKET_PATH_LIMIT = 107;

/** `<data>/run`, or a folder of this user's in the temporary folder when that path is too long for a socket. */
function socketFolder(dataDir: string): string {
  const folder = path.join(dataDir, 'run');
  if (Buffer.byteLength(path.join(folder, 'controller.sock')) <= SOCKET_PATH_LIMIT) return folder;
  const hash = createHash('sha256').update(dataDir).digest('hex').slice(0, 16);
  return path.join(os.tmpdir(), `plat-${os.userInfo().uid}-${hash}`);
}
