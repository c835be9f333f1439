import { LogLevel, ServiceUrl, envInt, loadConfig } from '@plat/platform-kit/config.ts';
import { NetworkPoolSetting } from '@plat/platform-kit/docker/network-pool.ts';
import { checkRegistryCredentials } from '@plat/platform-kit/registry-credentials.ts';
import { TRACING_SETTINGS } from '@plat/platform-kit/telemetry/tracing-settings.ts';
import { z } from 'zod';

export const ControllerSettings = z.object({
  CONTROLLER_LISTEN: ServiceUrl.default('http://127.0.0.1:7073').meta({ description: 'Where the function-controller listens for the other services.' }),
  METADATA_URL: ServiceUrl.default('http://127.0.0.1:7071').meta({ description: 'The metadata service.' }),
  PROXY_URL: ServiceUrl.default('http://127.0.0.1:7074').meta({
    description: 'The function-proxy: `http://host:port`, or `unix:/path.sock` on the same host, as under Compose.',
  }),
  BUILDER_URL: ServiceUrl.default('http://127.0.0.1:7072').meta({ description: 'The builder: asked to make images again that are gone.' }),
  INTERNAL_TOKEN: z.string().min(16, 'expected at least 16 characters').meta({ description: 'Secret that the services show each other.', secret: true }),
  DATA_DIR: z.string().default('/app/data').meta({ description: 'Folder for the snapshot (`functions.json`) and the logs of instances that are gone.' }),
  DOCKER_HOST: z.string().optional().meta({ description: 'The Docker engine; the usual socket otherwise.' }),
  ENGINE: z.enum(['docker', 'process', 'auto']).default('docker').meta({ description: 'What runs instances: containers of a Docker engine, or processes of this host, which isolate less (docs/process-engine.md). `auto`: processes until the function-controller finds Docker; the embedded platform chooses by itself.' }),
  PROCESS_DIR: z.string().default('/app/data/process').meta({ description: 'Folder of the engine `process`: images, state and logs of instances. The same for builder, function-controller and function-proxy.' }),
  PATH: z.string().default('/usr/local/bin:/usr/bin:/bin').meta({ description: 'Where the engine `process` looks for programs.' }),
  PLAT_NAMESPACE: z.string().regex(/^[a-z][a-z0-9-]{0,30}$/, 'expected lower-case letters, digits and dashes').default('plat').meta({ description: 'Name of this installation. Two installations on one engine need two names.' }),
  DOMAIN: z.string().transform((domain) => domain.toLowerCase().replace(/\.$/, '')).default('platform.test').meta({ description: 'Functions with `edge: direct` are announced to Traefik at `<project>-<function>.<DOMAIN>`.' }),
  TRAEFIK_CONTAINER: z.string().regex(/^[A-Za-z0-9][\w.-]*(=[\w.-]+)?$/, 'expected the name of a container, or "label=value"').optional().meta({ description: 'Traefik\u2019s container, by name or as `label=value`; it is put on the networks of projects with `edge: direct`.' }),
  EDGE_CERT_RESOLVER: z.string().regex(/^[\w-]+$/, 'expected the name of a resolver').optional().meta({ description: 'Traefik\u2019s certificate resolver for functions with `edge: direct`; none when unset.' }),
  FUNCTIONS_NETWORK_POOL: NetworkPoolSetting,
  REGISTRY_USERNAME: z.string().optional().meta({ description: 'User at the registry that missing images are pulled from.' }),
  REGISTRY_PASSWORD: z.string().optional().meta({ description: 'Password of REGISTRY_USERNAME.', secret: true }),
  READY_TIMEOUT_SECONDS: envInt({ min: 1, max: 3600 }).default(60).meta({ description: 'How long a new version may take until an instance is ready.' }),
  DRAIN_TIMEOUT_SECONDS: envInt({ min: 0, max: 3600 }).default(30).meta({ description: 'How long calls in flight and open WebSockets may at least go on when an instance is taken out.' }),
  DRAIN_LIMIT_SECONDS: envInt({ min: 0, max: 86_400 }).default(900).meta({ description: 'How long calls in flight may go on then at most; each ends by its function\u2019s `timeout` anyway.' }),
  STOP_GRACE_SECONDS: envInt({ min: 0, max: 600 }).default(10).meta({ description: 'Time between SIGTERM and SIGKILL of an instance.' }),
  RESYNC_SECONDS: envInt({ min: 1, max: 3600 }).default(30).meta({ description: 'How often everything is compared with the engine, beside its events.' }),
  INSTANCE_TMP_MB: envInt({ min: 1, max: 65_536 }).default(64).meta({ description: 'Size of `/tmp` in an instance; it counts as memory.' }),
  INSTANCE_PIDS: envInt({ min: 16, max: 65_536 }).default(256).meta({ description: 'How many processes and threads an instance may have.' }),
  INSTANCES_MEMORY_MB: envInt({ min: 32, max: 100_000_000 }).optional().meta({ description: 'Memory that all instances together may take, each for its limit; four fifths of the host\u2019s when unset.' }),
  INSTANCES_CPU_OVERCOMMIT: envInt({ min: 1, max: 1000 }).default(20).meta({ description: 'How many times over the host\u2019s cores are given to running instances, each for its limit. Most instances wait most of the time.' }),
  INSTANCES_PIDS: envInt({ min: 16, max: 10_000_000 }).optional().meta({ description: 'Processes and threads that all instances together may have, each for INSTANCE_PIDS; nine tenths of what the kernel has numbers for when unset.' }),
  START_QUEUE_LIMIT: envInt({ min: 1, max: 10_000 }).default(100).meta({ description: 'Most starts of a project that wait for room on the host.' }),
  START_QUEUE_TIMEOUT_SECONDS: envInt({ min: 1, max: 600 }).default(10).meta({ description: 'How long a call waits for room on the host to start its function; then it gets 503. While an instance that makes room for it ends its calls: DRAIN_TIMEOUT_SECONDS, if that is longer.' }),
  POOL_LIMIT: envInt({ min: 0, max: 1000 }).default(16).meta({ description: 'How many containers without a function may wait for cold starts, in all pools together (docs/scaling.md); 0 for no pools.' }),
  POOL_KEEP_MINUTES: envInt({ min: 1, max: 1440 }).default(15).meta({ description: 'For how long after a cold start its pool is kept filled.' }),
  LOGS_KEEP_DAYS: envInt({ min: 1, max: 3650 }).default(30).meta({ description: 'Days after which lines of instances that are gone are forgotten.' }),
  ...TRACING_SETTINGS,
  LOG_LEVEL: LogLevel.default('info').meta({ description: 'Least level of log lines.' }),
}).superRefine(checkRegistryCredentials).superRefine(({ INSTANCE_PIDS, INSTANCES_PIDS }, context) => {
  if (INSTANCES_PIDS !== undefined && INSTANCES_PIDS < INSTANCE_PIDS)
    context.addIssue({ code: 'custom', path: ['INSTANCES_PIDS'], message: `expected INSTANCE_PIDS (${INSTANCE_PIDS}) or more, as one instance may have so many` });
}); // prettier-ignore
export type ControllerConfig = z.output<typeof ControllerSettings>;

export function readConfig(env: NodeJS.ProcessEnv = process.env): ControllerConfig {
  return loadConfig(ControllerSettings, env, { service: 'the function-controller' });
}
