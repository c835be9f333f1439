import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadConfig, LogLevel } from '@plat/platform-kit/config.ts';
import { z } from 'zod';

const REPOSITORY = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

export const EmbeddedSettings = z.object({
  PLAT_DATA_DIR: z.string().default(path.join(REPOSITORY, '.plat')).meta({
    description: 'Folder of the embedded platform: database, sources, logs. `.plat` in the repository by default.',
    default: '.plat',
  }),
  LOG_LEVEL: LogLevel.default('warn').meta({ description: 'Least level of log lines; the embedded platform says only what went wrong by default.' }),
}); // prettier-ignore
export type EmbeddedConfig = z.output<typeof EmbeddedSettings> & {
  runtimesDir: string;
  env: NodeJS.ProcessEnv;
};

/** The embedded platform's own settings; `env` goes on to the services, which read theirs from it. */
export function readConfig(env: NodeJS.ProcessEnv = process.env): EmbeddedConfig {
  const settings = loadConfig(EmbeddedSettings, env, { service: 'the embedded platform' });
  return {
    ...settings,
    PLAT_DATA_DIR: path.resolve(settings.PLAT_DATA_DIR),
    runtimesDir: path.join(REPOSITORY, 'runtimes'),
    env,
  };
}
