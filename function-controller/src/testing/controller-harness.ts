import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { RebuildStatus } from '@plat/platform-kit/clients/builder-client.ts';
import { ControllerClient } from '@plat/platform-kit/clients/controller-client.ts';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import type { Running } from '@plat/platform-kit/http-server.ts';
import { silentLogger } from '@plat/platform-kit/logging.ts';
import type { InjectableCode } from '@plat/platform-kit/pool-code.ts';
import { readEvents } from '@plat/platform-kit/sse.ts';
import { poll } from '@plat/platform-kit/waiting.ts';
import { Router } from 'express';
import { afterEach, beforeEach } from 'vitest';
import { readConfig } from '../config.ts';
import { start } from '../start.ts';
import { FakeInstanceHost } from './fake-instance-host.ts';
import { FakeMetadata, FakeProxy, INTERNAL_TOKEN, serve } from './fake-platform.ts';
import type { versionRecord } from './test-records.ts';

/** A controller over HTTP amid fakes, anew for each test of the file that calls this. */
export function useController(): ControllerHarness {
  const harness = new ControllerHarness();
  beforeEach(() => harness.setUp());
  afterEach(() => harness.tearDown());
  return harness;
}

class ControllerHarness {
  folder!: string;
  host!: FakeInstanceHost;
  metadata!: FakeMetadata;
  proxy!: FakeProxy;
  /** What the edge router was told to join, the latest last. */
  joined: string[][] = [];
  /** What the builder answers when it is asked for an image again. */
  rebuild: RebuildStatus = { outcome: 'building' };
  rebuildsAsked: string[] = [];
  /** What the builder says of every version's code. */
  code!: InjectableCode;
  client!: ControllerClient;
  controller: Running | undefined;
  readonly #servers: Running[] = [];

  async setUp(): Promise<void> {
    this.folder = await mkdtemp(path.join(tmpdir(), 'plat-controller-'));
    this.host = new FakeInstanceHost();
    this.metadata = new FakeMetadata();
    this.proxy = new FakeProxy(this.host);
    this.joined = [];
    this.rebuild = { outcome: 'building' };
    this.rebuildsAsked = [];
    this.code = { code: { files: [{ path: 'index.mjs', data: 'eA==', executable: false }] } };
    this.controller = undefined;
    this.#servers.push(
      await serve('metadata-service', this.metadata.router(), `${this.folder}/metadata.sock`),
      await serve('function-proxy', this.proxy.router(), `${this.folder}/proxy.sock`),
      await serve('builder', this.#builder(), `${this.folder}/builder.sock`),
    );
    const url = `unix:${this.folder}/controller.sock`;
    this.client = new ControllerClient({ url, internalToken: INTERNAL_TOKEN });
  }

  async tearDown(): Promise<void> {
    await this.controller?.close();
    await this.client.close();
    for (const server of this.#servers.splice(0)) await server.close();
    await rm(this.folder, { recursive: true });
  }

  async open(env: Record<string, string> = {}): Promise<void> {
    const config = readConfig({
      CONTROLLER_LISTEN: `unix:${this.folder}/controller.sock`,
      METADATA_URL: `unix:${this.folder}/metadata.sock`,
      PROXY_URL: `unix:${this.folder}/proxy.sock`,
      BUILDER_URL: `unix:${this.folder}/builder.sock`,
      INTERNAL_TOKEN,
      DATA_DIR: `${this.folder}/data`,
      RESYNC_SECONDS: '1',
      DRAIN_TIMEOUT_SECONDS: '7',
      POOL_LIMIT: '0',
      ...env,
    });
    this.controller = await start(config, {
      host: this.host,
      edgeRouter: { join: async (projects) => void this.joined.push([...projects]) },
      logger: silentLogger(),
    });
  }

  #builder(): Router {
    const router = Router();
    router.post('/builds/:functionId/:version/rebuild', (req, res) => {
      this.rebuildsAsked.push(`${req.params.functionId}/${req.params.version}`);
      res.status(202).json(this.rebuild);
    });
    router.post('/sources/:digest/code', (_req, res) => void res.json(this.code));
    router.post('/runtimes/:id/generic', (req, res) => {
      if (req.params.id === 'go') throw new PlatformError('conflict', 'It starts with its code.');
      res.json({ imageId: 'sha256:generic' });
    });
    return router;
  }

  async close(): Promise<void> {
    await this.controller?.close();
  }

  async deployed(number: number, over: Parameters<typeof versionRecord>[0] = {}): Promise<void> {
    this.metadata.deploy(number, over);
    await until(
      `version ${number} is ready`,
      () => this.metadata.version(number, over.functionId).state === 'ready',
    );
  }

  async lines(functionId: string): Promise<{ text: string }[]> {
    const read: { text: string }[] = [];
    for await (const event of readEvents(await this.client.logs(functionId, {})))
      if (event.event === 'line') read.push(event.data as { text: string });
    return read;
  }
}

export async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const seen = await poll(async () => ((await isSo()) ? true : undefined), {
    intervalMs: 10,
    timeoutMs: 8000,
  });
  if (!seen) throw new Error(`It did not come to this: ${what}`);
}

/** For what must not happen: a resync goes by. */
export function aWhile(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1300));
}

export function failure(call: Promise<unknown>): Promise<PlatformError> {
  return call.then(
    () => Promise.reject(new Error('It succeeded.')),
    (error: unknown) => error as PlatformError,
  );
}
