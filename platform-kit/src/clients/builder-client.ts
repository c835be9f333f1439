import type { Readable } from 'node:stream';
import type { FunctionConfig } from '../function-config.ts';
import { InternalClient, path, type InternalClientOptions } from '../http-client.ts';
import type { InjectableCode } from '../pool-code.ts';
import type { RuntimeManifest } from '../runtime-manifest.ts';
import { upkeepCalls, type UpkeepCalls } from './upkeep-calls.ts';

export type AcceptedSource = {
  /** `sha256:<hex>` of the archive as uploaded. */
  digest: string;
  bytes: number;
  entries: number;
};

/** How it stands with an image that is built again. After `built` the record names it. */
export type RebuildStatus = { outcome: 'building' | 'built' } | { outcome: 'failed'; reason: string };

/** It may have to fetch the base image first. */
const GENERIC_IMAGE_MS = 600_000;

/** The builder's internal API. */
export class BuilderClient {
  readonly #http: InternalClient;
  /** Checks and garbage of this service. */
  readonly upkeep: UpkeepCalls;

  constructor(options: Omit<InternalClientOptions, 'service'>) {
    this.#http = new InternalClient({ ...options, service: 'builder' });
    this.upkeep = upkeepCalls(this.#http);
  }

  listRuntimes(): Promise<{ items: RuntimeManifest[] }> {
    return this.#http.json('GET', '/runtimes');
  }

  /**
   * Streams an archive (zip) into the blob store; nothing is kept unless the whole archive arrived and is within the
   * limits. Errors: `invalid` (not a zip, empty, unsafe names, links, …), `too_large`.
   */
  async putSource(
    archive: Readable,
    options: { timeoutMs: number; signal?: AbortSignal; requestId?: string },
  ): Promise<AcceptedSource> {
    return this.#http.json('POST', '/sources', {
      stream: archive,
      headers: { 'content-type': 'application/zip' },
      ...options,
    });
  }

  /** Checks what can be known without a build: the handler's file is in the archive. `invalid` when not. */
  checkSource(digest: string, config: FunctionConfig): Promise<void> {
    return this.#http.json('POST', path`/sources/${digest}/check`, { body: { config } });
  }

  /** The source as a generic instance of its runtime takes it, unless it needs more than its code. `not_found` when it is gone. */
  injectableCode(digest: string, config: FunctionConfig): Promise<InjectableCode> {
    return this.#http.json('POST', path`/sources/${digest}/code`, { body: { config } });
  }

  /**
   * The image of a runtime without any function's code, built first if need be. `conflict` when the runtime's containers
   * cannot start so.
   */
  genericImage(runtime: string): Promise<{ imageId: string }> {
    return this.#http.json('POST', path`/runtimes/${runtime}/generic`, { timeoutMs: GENERIC_IMAGE_MS });
  }

  /** The archive itself. `not_found` when it was never there or is gone. */
  getSource(digest: string): Promise<Readable> {
    return this.#http.stream('GET', path`/sources/${digest}`);
  }

  /**
   * The build log as server-sent events: `line` ({@link BuildLogLine}) for each line kept, then, with `follow`, each new
   * one until the build is over; last `end`. A version that was never built has an empty log.
   */
  buildLog(
    functionId: string,
    version: number,
    options: { follow: boolean; signal?: AbortSignal },
  ): Promise<Readable> {
    return this.#http.stream('GET', path`/builds/${functionId}/${version}/log`, {
      query: { follow: options.follow },
      signal: options.signal,
    });
  }

  /** Stops a running build and waits until it has stopped; does nothing when there is none. */
  cancelBuild(functionId: string, version: number): Promise<void> {
    return this.#http.json('POST', path`/builds/${functionId}/${version}/cancel`, { timeoutMs: 30_000 });
  }

  /**
   * Has the image of a version that is `starting` or `ready` built again from its source, because it is gone; answers at
   * once. Asked again it says how it stands; some time after a failure it tries anew. `not_found`, `conflict`.
   */
  rebuild(functionId: string, version: number): Promise<RebuildStatus> {
    return this.#http.json('POST', path`/builds/${functionId}/${version}/rebuild`);
  }

  close(): Promise<void> {
    return this.#http.close();
  }
}
