import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { BuilderClient } from '@plat/platform-kit/clients/builder-client.ts';
import type { BuildLogLine } from '@plat/platform-kit/domain.ts';
import { silentLogger } from '@plat/platform-kit/logging.ts';
import { readEvents } from '@plat/platform-kit/sse.ts';
import { readConfig } from '../config.ts';
import { start, type StartDeps } from '../start.ts';
import { FakeImageBuilder } from './fake-image-builder.ts';
import { FakeMetadata, INTERNAL_TOKEN } from './fake-metadata.ts';

export const TINY_DOCKERFILE = `FROM debian:trixie-slim AS deps
COPY deps/ /deps/
RUN --mount=type=bind,source=build,target=/run/plat-build cat /deps/* > /installed || true
FROM debian:trixie-slim
COPY runtime/ /opt/plat/
COPY --from=deps /installed /installed
COPY source/ /app/
`;

export type TinyRuntime = { dockerfile?: string; baseImages?: string[] };

/** A runtime small enough for tests, in a folder as `RUNTIMES_DIR` wants it. */
export async function writeTinyRuntime(folder: string, options: TinyRuntime = {}): Promise<void> {
  const runtime = path.join(folder, 'tiny');
  await mkdir(path.join(runtime, 'server'), { recursive: true });
  await writeFile(path.join(runtime, 'Dockerfile'), options.dockerfile ?? TINY_DOCKERFILE);
  await writeFile(path.join(runtime, 'server', 'main.js'), '// the server\n');
  const manifest = {
    id: 'tiny',
    title: 'Tiny',
    contract: 'handler',
    defaults: { memoryMb: 64, concurrency: 1, timeoutSeconds: 1 },
    dependencyFiles: ['package.json', 'package-lock.json'],
    handlerFiles: ['{module}.js', '{module}.mjs'],
    baseImages: options.baseImages ?? ['debian:trixie-slim'],
  };
  await writeFile(path.join(runtime, 'runtime.json'), JSON.stringify(manifest));
}

/** A builder with a fake record and, unless `env` and `deps` say otherwise, a fake engine. */
export async function startBuilder(
  options: TinyRuntime & { env?: Record<string, string>; deps?: StartDeps; metadata?: FakeMetadata } = {},
) {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'plat-builder-'));
  await writeTinyRuntime(path.join(folder, 'runtimes'), options);
  const metadata = options.metadata ?? (await new FakeMetadata().start());
  const images = new FakeImageBuilder();
  const config = readConfig({
    BUILDER_LISTEN: 'http://127.0.0.1:0',
    METADATA_URL: metadata.url,
    INTERNAL_TOKEN,
    DATA_DIR: path.join(folder, 'data'),
    RUNTIMES_DIR: path.join(folder, 'runtimes'),
    ...options.env,
  });
  const boot = () => start(config, { images, logger: silentLogger(), ...options.deps });
  let running = await boot();
  let client = new BuilderClient({ url: running.url, internalToken: INTERNAL_TOKEN });

  return {
    folder,
    dataFolder: config.DATA_DIR,
    metadata,
    images,
    get client() {
      return client;
    },
    get url() {
      return running.url;
    },
    putSource: (zip: Buffer) => client.putSource(Readable.from([zip]), { timeoutMs: 10_000 }),
    /** Reads a log to its `end`. */
    readLog: async (functionId: string, version: number, follow = true): Promise<BuildLogLine[]> => {
      const lines: BuildLogLine[] = [];
      const signal = AbortSignal.timeout(60_000);
      for await (const { event, data } of readEvents(
        await client.buildLog(functionId, version, { follow, signal }),
      ))
        if (event === 'line') lines.push(data as BuildLogLine);
      return lines;
    },
    restart: async () => {
      await running.close();
      await client.close();
      running = await boot();
      client = new BuilderClient({ url: running.url, internalToken: INTERNAL_TOKEN });
    },
    close: async () => {
      await client.close();
      await running.close();
      await metadata.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export type TestBuilder = Awaited<ReturnType<typeof startBuilder>>;
