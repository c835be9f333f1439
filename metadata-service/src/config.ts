import { LogLevel, ServiceUrl, envInt, loadConfig } from '@plat/platform-kit/config.ts';
import { z } from 'zod';

export const MetadataSettings = z.object({
  METADATA_LISTEN: ServiceUrl.default('http://127.0.0.1:7071').meta({
    description: 'Address the metadata service listens on: `http://host:port` or `unix:/path.sock`.',
  }),
  DATABASE_URL: z.string().default('sqlite:./.plat/plat.db').meta({
    description:
      'Where the record is kept: `sqlite:<file>`, `postgres://user:password@host:port/database`, or `sqlite::memory:` to keep nothing.',
    secret: true,
  }),
  DATABASE_CONNECTIONS: envInt({ min: 2, max: 1000 }).default(10).meta({
    description: 'PostgreSQL only: how many connections are open at most.',
  }),
  INTERNAL_TOKEN: z
    .string({ error: 'expected a secret of at least 16 characters, the same for all services' })
    .min(16, 'expected a secret of at least 16 characters')
    .meta({ description: 'The secret that the services of the platform share.', secret: true }),
  LOG_LEVEL: LogLevel.default('info').meta({
    description: 'Least severe level that is logged: `trace`, `debug`, `info`, `warn`, `error`, `silent`.',
  }),
  EXECUTIONS_KEEP_DAYS: envInt({ min: 1, max: 3650 }).default(30).meta({
    description: 'Days after which the record of an execution is deleted.',
  }),
  EXECUTIONS_KEEP_COUNT: envInt({ min: 1, max: 100_000_000 }).default(100_000).meta({
    description: 'How many executions of one project are kept; older ones are deleted.',
  }),
  AUDIT_KEEP_DAYS: envInt({ min: 1, max: 36_500 }).default(365).meta({
    description: 'Days after which an entry of the audit log is deleted.',
  }),
});

export type MetadataConfig = z.output<typeof MetadataSettings>;

export function readConfig(env: NodeJS.ProcessEnv = process.env): MetadataConfig {
  return loadConfig(MetadataSettings, env, { service: 'the metadata service' });
}
