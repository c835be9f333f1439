import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ChangeFollower } from '@plat/platform-kit/change-feed.ts';
import { MetadataClient } from '@plat/platform-kit/clients/metadata-client.ts';
import { ConfigError } from '@plat/platform-kit/config.ts';
import { connectDocker } from '@plat/platform-kit/docker/connect.ts';
import { readPhase } from '@plat/platform-kit/engine-phase.ts';
import { listen, type Running } from '@plat/platform-kit/http-server.ts';
import { createLogger, type Logger } from '@plat/platform-kit/logging.ts';
import { findConfinement } from '@plat/platform-kit/process/confinement.ts';
import { loadRuntimes } from '@plat/platform-kit/runtime-folder.ts';
import { openTracing } from '@plat/platform-kit/telemetry/tracing.ts';
import { COMPONENT, createApp } from './app.ts';
import { builderChecks } from './builder-checks.ts';
import { BuilderMetrics } from './builder-metrics.ts';
import { BuildLogs } from './build-logs.ts';
import { BuildScheduler } from './build-scheduler.ts';
import { buildSettings, type BuildSettings } from './build-settings.ts';
import type { BuilderConfig } from './config.ts';
import { createDirectoryImageBuilder } from './directory/directory-image-builder.ts';
import { createDockerImageBuilder } from './docker-image-builder.ts';
import { engineDiskFloor } from './engine-disk.ts';
import { createFolderBlobStore } from './folder-blob-store.ts';
import { createDockerImageRegistry } from './docker-image-registry.ts';
import { GenericImages } from './generic-images.ts';
import type { ImageBuilder } from './image-builder.ts';
import type { ImageRegistry } from './image-registry.ts';
import { openMemoryLimit } from './memory-limit.ts';
import { Rebuilds } from './rebuilds.ts';
import { createRedactor } from './redact.ts';
import { createTwoEngineImageBuilder } from './two-engine-image-builder.ts';
import type { SourceLimits } from './source-limits.ts';
import { traceBuild } from './trace-build.ts';
import { Sweeper, type SweepTimes } from './sweeper.ts';

const LOG_LIMIT_BYTES = 4 * 1024 ** 2;
const MIB = 1024 ** 2;
const HOUR_MS = 3_600_000;

export type StartDeps = {
  images?: ImageBuilder;
  registry?: ImageRegistry;
  metadata?: MetadataClient;
  logger?: Logger;
  sweepTimes?: Partial<SweepTimes>;
};

export async function start(config: BuilderConfig, deps: StartDeps = {}): Promise<Running> {
  const logger = deps.logger ?? createLogger(COMPONENT, { level: config.LOG_LEVEL });
  const dataFolder = path.resolve(config.DATA_DIR);
  const stagingFolder = path.join(dataFolder, 'staging');
  await rm(stagingFolder, { recursive: true, force: true });
  const runtimes = await loadRuntimes(config.RUNTIMES_DIR ?? defaultRuntimesFolder());
  const settings = await readSettings(config);
  const redact = createRedactor(settings.secrets);
  const limits = sourceLimits(config);
  const metadata =
    deps.metadata ?? new MetadataClient({ url: config.METADATA_URL, internalToken: config.INTERNAL_TOKEN });
  const images = deps.images ?? (await imageBuilder(config, logger));
  const registry = deps.registry ?? (config.ENGINE === 'docker' ? await dockerRegistry(config) : undefined);
  const blobs = createFolderBlobStore({ folder: path.join(dataFolder, 'sources'), stagingFolder });
  const logs = new BuildLogs({ folder: path.join(dataFolder, 'logs'), limitBytes: LOG_LIMIT_BYTES, redact });

  const metrics = new BuilderMetrics();
  const tracing = await openTracing(config, { service: COMPONENT, logger });
  const follower = new ChangeFollower({
    metadata,
    logger,
    listener: {
      onReset: () => {
        scheduler.allChanged();
        sweeper.request();
      },
      onChange: (change) => {
        if (change.kind !== 'function') return;
        scheduler.functionChanged(change.key);
        if (change.value === null) sweeper.request();
      },
    },
  });
  const build = {
    blobs,
    images,
    registry,
    runtimes,
    settings,
    redact,
    limits,
    namespace: config.PLAT_NAMESPACE,
    stagingFolder,
  };
  const scheduler = new BuildScheduler({
    replica: follower.replica,
    metadata,
    build,
    images,
    logs,
    logger,
    timeoutMs: config.BUILD_TIMEOUT_SECONDS * 1000,
    memoryMb: config.BUILD_MEMORY_MB,
    concurrency: config.BUILD_CONCURRENCY,
    onOver: (build) => {
      metrics.noteBuild(build.result, build.startedAt);
      if (tracing) traceBuild(tracing, build);
    },
  });
  metrics.follow(scheduler);
  const rebuilds = new Rebuilds({
    replica: follower.replica, metadata, build, logs, logger, timeoutMs: config.BUILD_TIMEOUT_SECONDS * 1000,
  }); // prettier-ignore
  const genericImages = new GenericImages({ build, logger, timeoutMs: config.BUILD_TIMEOUT_SECONDS * 1000 });
  const sweeper = new Sweeper({
    genericImages,
    follower,
    builds: scheduler,
    metadata,
    blobs,
    images,
    registry,
    logs,
    logger,
    stagingFolder,
    keepVersions: config.KEEP_VERSIONS,
    // A build or an upload that is older is nobody's any more.
    staleMs: config.BUILD_TIMEOUT_SECONDS * 1000 + HOUR_MS,
    times: deps.sweepTimes,
  });

  const manifests = runtimes.map((runtime) => runtime.manifest);
  const stopping = new AbortController();
  const app = createApp({
    blobs,
    limits,
    manifests,
    logs,
    scheduler,
    sweeper,
    checks: () =>
      builderChecks({
        follower,
        images,
        registry,
        blobs,
        sweeper,
        manifests,
        dataFolder,
        engine:
          deps.images || !isDockerUsed(config)
            ? undefined
            : { docker: connectDocker(config.DOCKER_HOST), dockerHost: config.DOCKER_HOST },
      }),
    rebuilds,
    genericImages,
    stopping: stopping.signal,
    metrics,
    internalToken: config.INTERNAL_TOKEN,
    logger,
  });
  const server = await listen(app, config.BUILDER_LISTEN);
  follower.start();
  sweeper.start();
  logger.info(
    { url: server.url, runtimes: manifests.map(({ id }) => id), buildLimits: images.describeLimits() },
    'listening',
  );

  let closing: Promise<void> | undefined;
  const close = async () => {
    stopping.abort();
    await server.close();
    await sweeper.close();
    await follower.close();
    await scheduler.close();
    await rebuilds.close();
    await genericImages.close();
    if (!deps.metadata) await metadata.close();
    await tracing?.close();
  };
  return { url: server.url, close: () => (closing ??= close()) };
}

async function imageBuilder(config: BuilderConfig, logger: Logger): Promise<ImageBuilder> {
  if (config.ENGINE === 'docker') return dockerImages(config, logger);
  const folder = path.resolve(config.PROCESS_DIR);
  const folders = createDirectoryImageBuilder({
    folder,
    confinement: findConfinement({ searchPath: config.PATH }),
    memoryBytes: config.BUILD_MEMORY_MB * MIB,
  });
  if (config.ENGINE === 'process') return folders;
  return createTwoEngineImageBuilder(folder, folders, await dockerImages(config, logger));
}

/** Whether images are made by a Docker engine at present. */
function isDockerUsed({ ENGINE, PROCESS_DIR }: BuilderConfig): boolean {
  return ENGINE === 'docker' || (ENGINE === 'auto' && readPhase(path.resolve(PROCESS_DIR)) !== 'process');
}

async function dockerImages(config: BuilderConfig, logger: Logger): Promise<ImageBuilder> {
  const docker = connectDocker(config.DOCKER_HOST);
  return createDockerImageBuilder({
    docker,
    dockerHost: config.DOCKER_HOST,
    namespace: config.PLAT_NAMESPACE,
    fileBytes: config.BUILD_FILE_LIMIT_MB * MIB,
    diskFloor: engineDiskFloor({
      docker,
      dockerHost: config.DOCKER_HOST,
      minFreeBytes: config.BUILD_MIN_FREE_DISK_MB * MIB,
    }),
    memory: await openMemoryLimit({
      bytes: config.BUILD_MEMORY_MB * MIB,
      dockerHost: config.DOCKER_HOST,
      logger,
    }),
  });
}

async function dockerRegistry(config: BuilderConfig): Promise<ImageRegistry | undefined> {
  const { REGISTRY_URL: url, REGISTRY_USERNAME: username, REGISTRY_PASSWORD: password } = config;
  if (url === undefined) return undefined;
  return createDockerImageRegistry({
    docker: connectDocker(config.DOCKER_HOST),
    dockerHost: config.DOCKER_HOST,
    namespace: config.PLAT_NAMESPACE,
    url,
    engineHost: config.REGISTRY_ENGINE_HOST ?? new URL(url).host,
    auth: username && password ? { username, password } : undefined,
    caCertificate: await readPem('REGISTRY_CA_FILE', config.REGISTRY_CA_FILE),
  });
}

async function readPem(name: string, file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return undefined;
  return readFile(file, 'utf8').catch((error: Error) => {
    throw new ConfigError(`${name}: ${file} cannot be read (${error.message}).`);
  });
}

async function readSettings(config: BuilderConfig): Promise<BuildSettings> {
  const caFile = config.BUILD_CA_FILE;
  const caCertificates =
    caFile === undefined
      ? undefined
      : await readFile(caFile, 'utf8').catch((error: Error) => {
          throw new ConfigError(`BUILD_CA_FILE: ${caFile} cannot be read (${error.message}).`);
        });
  return buildSettings({
    caCertificates,
    npmRegistry: config.BUILD_NPM_REGISTRY,
    pipIndexUrl: config.BUILD_PIP_INDEX_URL,
    goProxy: config.BUILD_GO_PROXY,
  });
}

function sourceLimits(config: BuilderConfig): SourceLimits {
  return {
    archiveBytes: config.SOURCE_LIMIT_BYTES,
    expandedBytes: config.SOURCE_EXPANDED_LIMIT_BYTES,
    entries: config.SOURCE_ENTRIES_LIMIT,
    depth: config.SOURCE_DEPTH_LIMIT,
    ratio: config.SOURCE_RATIO_LIMIT,
  };
}

function defaultRuntimesFolder(): string {
  return fileURLToPath(new URL('../../runtimes', import.meta.url));
}
