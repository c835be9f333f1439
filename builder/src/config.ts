import { LogLevel, ServiceUrl, envInt, loadConfig } from '@plat/platform-kit/config.ts';
import { checkRegistryCredentials } from '@plat/platform-kit/registry-credentials.ts';
import { TRACING_SETTINGS } from '@plat/platform-kit/telemetry/tracing-settings.ts';
import { z } from 'zod';

const MIB = 1024 ** 2;
const HttpUrl = z
  .string()
  .refine(
    (value) => URL.canParse(value) && /^https?:$/.test(new URL(value).protocol),
    'expected an http:// or https:// address',
  );

export const BuilderSettings = z.object({
  BUILDER_LISTEN: ServiceUrl.default('http://127.0.0.1:7072').meta({ description: 'Address the builder listens on: `http://host:port` or `unix:/path.sock`.' }),
  METADATA_URL: ServiceUrl.default('http://127.0.0.1:7071').meta({ description: 'The metadata service.' }),
  INTERNAL_TOKEN: z.string({ error: 'expected a secret of at least 16 characters, the same for all services' }).min(16, 'expected a secret of at least 16 characters').meta({ description: 'The secret that the services of the platform share.', secret: true }),
  DATA_DIR: z.string().default('./.plat/builder').meta({ description: 'Folder for uploaded sources, build logs and builds under way.' }),
  RUNTIMES_DIR: z.string().optional().meta({ description: 'Folder with one folder a runtime; the `runtimes/` of this installation by default.' }),
  DOCKER_HOST: z.string().optional().meta({ description: 'The Docker engine; the usual socket by default.' }),
  ENGINE: z.enum(['docker', 'process', 'auto']).default('docker').meta({ description: 'What runs instances: containers of a Docker engine, or processes of this host, which isolate less (docs/process-engine.md). `auto`: processes until the function-controller finds Docker; the embedded platform chooses by itself.' }),
  PROCESS_DIR: z.string().default('/app/data/process').meta({ description: 'Folder of the engine `process`: images, state and logs of instances. The same for builder, function-controller and function-proxy.' }),
  PATH: z.string().default('/usr/local/bin:/usr/bin:/bin').meta({ description: 'Where the engine `process` looks for programs.' }),
  PLAT_NAMESPACE: z.string().regex(/^[a-z][a-z0-9-]{0,30}$/, 'expected lower-case letters, digits and dashes').default('plat').meta({ description: 'Name of this installation. Two installations on one engine need two names.' }),
  ...TRACING_SETTINGS,
  LOG_LEVEL: LogLevel.default('info').meta({ description: 'Least severe level that is logged.' }),
  SOURCE_LIMIT_BYTES: envInt({ min: 1024, max: 10_240 * MIB }).default(100 * MIB).meta({ description: 'Largest archive that is taken, as uploaded.' }),
  SOURCE_EXPANDED_LIMIT_BYTES: envInt({ min: 1024, max: 102_400 * MIB }).default(512 * MIB).meta({ description: 'Largest sum of the sizes of an archive\'s files. Checked on upload by the declared sizes, and again by the real ones when the archive is unpacked.' }),
  SOURCE_ENTRIES_LIMIT: envInt({ min: 1, max: 1_000_000 }).default(20_000).meta({ description: 'How many files and folders an archive may have.' }),
  SOURCE_DEPTH_LIMIT: envInt({ min: 1, max: 255 }).default(32).meta({ description: 'How deep the folders of an archive may be nested.' }),
  SOURCE_RATIO_LIMIT: envInt({ min: 2, max: 2000 }).default(200).meta({ description: 'How many times larger than the archive its files may be; asked only of archives that expand to more than 8 MiB.' }),
  REGISTRY_URL: HttpUrl.optional().meta({ description: 'Registry that images are pushed to after a build, as the builder reaches it, such as `http://registry:5000`; without it images stay in the engine alone.' }),
  REGISTRY_ENGINE_HOST: z.string().regex(/^[A-Za-z0-9.-]+(:\d+)?$/, 'expected a host and a port, such as "localhost:5000"').optional().meta({ description: 'The same registry as the engine reaches it, `host:port`; the host of REGISTRY_URL by default. The engine wants TLS of any but `localhost` and 127.0.0.0/8.' }),
  REGISTRY_USERNAME: z.string().optional().meta({ description: 'User at the registry.' }),
  REGISTRY_PASSWORD: z.string().optional().meta({ description: 'Password of REGISTRY_USERNAME.', secret: true }),
  REGISTRY_CA_FILE: z.string().optional().meta({ description: 'PEM file of the certificate authority of the registry. The engine has its own place for it: `/etc/docker/certs.d/<host>/ca.crt`.' }),
  BUILD_TIMEOUT_SECONDS: envInt({ min: 5, max: 86_400 }).default(600).meta({ description: 'Longest duration of one build; the engine is told to stop it then. Also how long a version waits for an engine that does not answer before it is failed.' }),
  BUILD_MEMORY_MB: envInt({ min: 64, max: 1_048_576 }).default(2048).meta({ description: 'Memory of a build, in MiB. BuildKit has no such limit of its own: every process of a build step gets it as RLIMIT_DATA, on any engine; where the builder may write to the engine\'s cgroups (same host, root), each step as a whole gets it too. The log at start says which holds.' }),
  BUILD_FILE_LIMIT_MB: envInt({ min: 1, max: 1_048_576 }).default(4096).meta({ description: 'Largest file that a build step may write, in MiB (RLIMIT_FSIZE of its processes).' }),
  BUILD_MIN_FREE_DISK_MB: envInt({ min: 0, max: 1_048_576 }).default(1024).meta({ description: 'Space that builds leave free on the disk of the Docker engine, in MiB: a build that takes more, in however many files, is stopped, and none is begun below it. 0: not watched. Neither is the disk of an engine on another machine.' }),
  BUILD_CONCURRENCY: envInt({ min: 1, max: 64 }).default(2).meta({ description: 'How many builds run side by side.' }),
  KEEP_VERSIONS: envInt({ min: 1, max: 10_000 }).default(10).meta({ description: 'How many of the newest versions of a function keep their images, beside those that an alias names or that are not over yet. Older ones keep their row and their source.' }),
  BUILD_CA_FILE: z.string().optional().meta({ description: 'PEM file of certificate authorities that package managers trust in builds, beside the usual ones.' }),
  BUILD_NPM_REGISTRY: HttpUrl.optional().meta({ description: 'npm registry for builds; may hold `user:password@`.', secret: true }),
  BUILD_GO_PROXY: z.string().regex(/^\S+$/, 'expected what GOPROXY takes, without spaces').optional().meta({ description: 'Go module proxy for builds, as GOPROXY takes it.', secret: true }),
  BUILD_PIP_INDEX_URL: HttpUrl.optional().meta({ description: 'Python package index for builds; may hold `user:password@`.', secret: true }),
}).superRefine(checkRegistryCredentials); // prettier-ignore
export type BuilderConfig = z.output<typeof BuilderSettings>;

export function readConfig(env: NodeJS.ProcessEnv = process.env): BuilderConfig {
  return loadConfig(BuilderSettings, env, { service: 'the builder' });
}
