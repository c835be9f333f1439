import type { BuilderClient } from '@plat/platform-kit/clients/builder-client.ts';
import type { RuntimeManifest } from '@plat/platform-kit/runtime-manifest.ts';

const KEEP_MS = 10_000;

/** The builder's runtimes, asked for at most every ten seconds; callers at the same time share one question. */
export class RuntimeCatalog {
  readonly #builder: Pick<BuilderClient, 'listRuntimes'>;
  #known: { items: RuntimeManifest[]; until: number } | undefined;
  #asking: Promise<RuntimeManifest[]> | undefined;

  constructor(builder: Pick<BuilderClient, 'listRuntimes'>) {
    this.#builder = builder;
  }

  async list(): Promise<RuntimeManifest[]> {
    if (this.#known && this.#known.until > performance.now()) return this.#known.items;
    this.#asking ??= this.#ask().finally(() => (this.#asking = undefined));
    return this.#asking;
  }

  async #ask(): Promise<RuntimeManifest[]> {
    const { items } = await this.#builder.listRuntimes();
    this.#known = { items, until: performance.now() + KEEP_MS };
    return items;
  }
}
