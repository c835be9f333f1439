import type { MetadataClient } from '@plat/platform-kit/clients/metadata-client.ts';
import type { VersionRecord } from '@plat/platform-kit/domain.ts';

const LIMIT = 1000;

/**
 * Versions that no alias names any more are not in the change feed. They are terminal, so what the metadata service said
 * once stays true: each is asked for once, also by many callers at the same time. Failures are not kept.
 */
export class PastVersions {
  readonly #metadata: Pick<MetadataClient, 'getVersion'>;
  readonly #known = new Map<string, Promise<VersionRecord>>();

  constructor(metadata: Pick<MetadataClient, 'getVersion'>) {
    this.#metadata = metadata;
  }

  /** Errors: `not_found`, `unreachable`. */
  find(functionId: string, project: string, name: string, number: number): Promise<VersionRecord> {
    const key = `${functionId}/${number}`;
    const known = this.#known.get(key);
    if (known) return known;
    const asked = this.#metadata.getVersion(project, name, number);
    this.#known.set(key, asked);
    asked.catch(() => this.#known.delete(key));
    const oldest = this.#known.keys().next().value;
    if (this.#known.size > LIMIT && oldest !== undefined) this.#known.delete(oldest);
    return asked;
  }
}
