import type { BuilderClient } from '@plat/platform-kit/clients/builder-client.ts';
import type { VersionRecord } from '@plat/platform-kit/domain.ts';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import type { Code } from '@plat/platform-kit/pool-code.ts';
import type { InstanceSpec } from '../instance-host.ts';
import { CodeCache } from './code-cache.ts';
import type { PoolSpec } from './pool-host.ts';
import { poolSpec } from './pool-spec.ts';

/** The container that an instance of a version may be made from, and the code that it then gets. */
export type Recipe = { pool: PoolSpec; code: Code };

/** How instances of versions are made from containers of pools. A cache of what the builder says. */
export class PoolRecipes {
  readonly #builder: Pick<BuilderClient, 'genericImage' | 'injectableCode'>;
  readonly #codes: CodeCache;
  /** By runtime; null: its containers start with their code. */
  readonly #images = new Map<string, string | null>();

  constructor(builder: Pick<BuilderClient, 'genericImage' | 'injectableCode'>) {
    this.#builder = builder;
    this.#codes = new CodeCache(builder);
  }

  /** Null when its instances start from its image; undefined when that is not known, then `learn`. */
  of(version: VersionRecord, spec: InstanceSpec): Recipe | null | undefined {
    const { runtime } = version.config;
    const code = this.#codes.get(version);
    const imageId = this.#images.get(runtime);
    if (code === null || imageId === null) return null;
    if (code === undefined || imageId === undefined) return undefined;
    return { code, pool: poolSpec(runtime, imageId, spec) };
  }

  /** Rejects with what the builder says. */
  async learn(version: VersionRecord, spec: InstanceSpec): Promise<Recipe | null> {
    if ((await this.learnCode(version)) === null) return null;
    await this.learnImage(version.config.runtime);
    return this.of(version, spec) ?? null;
  }

  learnCode(version: VersionRecord): Promise<Code | null> {
    return this.#codes.learn(version);
  }

  async learnImage(runtime: string): Promise<void> {
    if (this.#images.has(runtime)) return;
    const imageId = await this.#builder.genericImage(runtime).then(
      (answer) => answer.imageId,
      (error: unknown) => {
        if (error instanceof PlatformError && error.code === 'conflict') return null;
        throw error;
      },
    );
    this.#images.set(runtime, imageId);
  }

  /** The image is no longer on the engine: it is asked for again. */
  async relearnImage(runtime: string): Promise<void> {
    this.#images.delete(runtime);
    await this.learnImage(runtime);
  }
}
