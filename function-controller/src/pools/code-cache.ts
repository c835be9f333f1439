import type { BuilderClient } from '@plat/platform-kit/clients/builder-client.ts';
import type { VersionRecord } from '@plat/platform-kit/domain.ts';
import type { Code } from '@plat/platform-kit/pool-code.ts';
import { versionKey } from '../version-key.ts';

const LIMIT_BYTES = 32 * 1024 ** 2;

type Known = { code: Code | null; bytes: number };

/**
 * Code of versions that can be given to a container of a pool; null for those that cannot, which is known for good: a
 * version never changes. The least lately used go when it is too much. Whose code it is, the builder knows.
 */
export class CodeCache {
  readonly #builder: Pick<BuilderClient, 'injectableCode'>;
  readonly #known = new Map<string, Known>();
  readonly #asking = new Map<string, Promise<Code | null>>();
  #bytes = 0;

  constructor(builder: Pick<BuilderClient, 'injectableCode'>) {
    this.#builder = builder;
  }

  /** Undefined when it is not known; then `learn`. */
  get(version: VersionRecord): Code | null | undefined {
    const key = versionKey(version.functionId, version.number);
    const known = this.#known.get(key);
    if (!known) return undefined;
    this.#known.delete(key);
    this.#known.set(key, known);
    return known.code;
  }

  /** Asks the builder once, however many want to know. Rejects with what it says. */
  learn(version: VersionRecord): Promise<Code | null> {
    const key = versionKey(version.functionId, version.number);
    const asking = this.#asking.get(key);
    if (asking) return asking;
    const answer = this.#builder
      .injectableCode(version.sourceDigest, version.config)
      .then(({ code }) => {
        this.#keep(key, code);
        return code;
      })
      .finally(() => this.#asking.delete(key));
    this.#asking.set(key, answer);
    return answer;
  }

  #keep(key: string, code: Code | null): void {
    const bytes =
      100 + (code?.files.reduce((sum, { path, data }) => sum + path.length + data.length, 0) ?? 0);
    this.#known.set(key, { code, bytes });
    this.#bytes += bytes;
    for (const [oldest, known] of this.#known) {
      if (this.#bytes <= LIMIT_BYTES) return;
      this.#known.delete(oldest);
      this.#bytes -= known.bytes;
    }
  }
}
