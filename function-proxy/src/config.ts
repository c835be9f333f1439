import os from 'node:os';
import { TRACING_SETTINGS } from '@plat/platform-kit/telemetry/tracing-settings.ts';
import { z } from 'zod';
import { ConfigError, LogLevel, ServiceUrl, envFlag, envInt, loadConfig } from '@plat/platform-kit/config.ts';

export const ProxySettings = z.object({
  PROXY_LISTEN: ServiceUrl.default('http://127.0.0.1:7074').meta({
    description: 'Where the function-proxy serves the platform: `http://host:port` or `unix:/path.sock`.',
  }),
  EDGE_LISTEN: ServiceUrl.optional().meta({
    description: 'Where functions are served by their Host header, for Traefik; not served when unset.',
  }),
  METADATA_URL: ServiceUrl.meta({ description: 'Address of the metadata service.' }),
  CONTROLLER_URL: ServiceUrl.meta({ description: 'Address of the function-controller.' }),
  INTERNAL_TOKEN: z
    .string({ error: 'expected a secret of at least 16 characters, the same for all services' })
    .min(16, 'expected a secret of at least 16 characters')
    .meta({ description: 'The secret that the services of the platform share.', secret: true }),
  DOCKER_HOST: z.string().optional().meta({
    description: 'The Docker engine: `unix:///path.sock` or `tcp://host:port`; the usual socket when unset.',
  }),
  ENGINE: z.enum(['docker', 'process', 'auto']).default('docker').meta({
    description:
      'What runs instances: containers of a Docker engine, or processes of this host, which isolate less (docs/process-engine.md). `auto`: processes until the function-controller finds Docker; the embedded platform chooses by itself.',
  }),
  PROCESS_DIR: z.string().default('/app/data/process').meta({
    description:
      'Folder of the engine `process`: images, state and logs of instances. The same for builder, function-controller and function-proxy.',
  }),
  PLAT_NAMESPACE: z.string().min(1).default('plat').meta({
    description: 'Which installation on the engine this is; two of them never touch each other.',
  }),
  JOIN_NETWORKS: envFlag().default(false).meta({
    description:
      'Whether the function-proxy runs in a container of the same engine and has to join the networks of functions to reach them.',
  }),
  CONTAINER_ID: z
    .string()
    .default(() => os.hostname())
    .meta({
      description: "Id or name of the function-proxy's own container, for JOIN_NETWORKS.",
      default: "the host's name",
    }),
  RELAY: z.enum(['auto', 'always', 'never']).default('auto').meta({
    description:
      'Whether instances are called through a relay container, for engines whose containers have addresses that cannot be reached from here (Docker Desktop, rootless, remote): `auto`, `always` or `never`.',
  }),
  RELAY_IMAGE: z.string().min(1).default('node:24-trixie-slim').meta({
    description:
      'Image of the relay container: any with Node.js 24. Pulled when the engine does not have it.',
  }),
  RELAY_IDLE_SECONDS: envInt({ min: 1, max: 86_400 })
    .default(600)
    .meta({ description: 'How long the relay container stays while no instance runs.' }),
  DOMAIN: z
    .string()
    .transform((domain) => domain.toLowerCase().replace(/\.$/, ''))
    .default('platform.test')
    .meta({ description: 'Functions are served at `<project>-<function>.<DOMAIN>`.' }),
  QUEUE_LIMIT: envInt({ min: 0, max: 100_000 })
    .default(1000)
    .meta({ description: 'How many requests of one version may wait for an instance.' }),
  COLD_START_TIMEOUT_SECONDS: envInt({ min: 1, max: 600 })
    .default(30)
    .meta({ description: 'How long a request waits for a sleeping version to have a ready instance.' }),
  QUEUE_TIMEOUT_SECONDS: envInt({ min: 1, max: 600 })
    .default(30)
    .meta({ description: 'How long a request waits for a free slot on an instance.' }),
  BODY_LIMIT_BYTES: envInt({ min: 0, max: 10 * 1024 ** 3 })
    .default(10 * 1024 ** 2)
    .meta({ description: 'Largest request body at the edge, in bytes.' }),
  KEEP_BODY_BYTES: envInt({ min: 0, max: 256 * 1024 })
    .default(16 * 1024)
    .meta({
      description:
        'Most that is kept of a body, in bytes, of functions that ask for it with `keepBodies`; 0 keeps nothing of any.',
    }),
  METRICS_FUNCTIONS: envInt({ min: 0, max: 10_000 }).default(200).meta({
    description:
      'How many functions the metrics for Prometheus tell apart; calls of the others count as `other`.',
  }),
  ...TRACING_SETTINGS,
  LOG_LEVEL: LogLevel.default('info').meta({
    description: 'Least important level that is logged.',
  }),
});
export type ProxyConfig = z.output<typeof ProxySettings>;

export function readConfig(env: NodeJS.ProcessEnv = process.env): ProxyConfig {
  const config = loadConfig(ProxySettings, env, { service: 'the function-proxy' });
  if (config.JOIN_NETWORKS && config.RELAY === 'always')
    throw ConfigError.of('the function-proxy', [
      'RELAY is "always", and JOIN_NETWORKS is set: a function-proxy on functions\' networks needs no relay. Unset one of them.',
    ]);
  return config;
}
