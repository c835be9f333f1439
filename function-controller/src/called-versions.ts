import type { MetadataClient } from '@plat/platform-kit/clients/metadata-client.ts';
import type { FunctionRecord, VersionRecord } from '@plat/platform-kit/domain.ts';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import { imageRemoved } from '@plat/platform-kit/image-removed.ts';

/** Versions that no alias names but that somebody called by number. The change feed leaves them out, so they are asked for. */
export class CalledVersions {
  readonly #metadata: Pick<MetadataClient, 'getVersion'>;
  readonly #byFunction = new Map<string, Map<number, VersionRecord>>();

  constructor(metadata: Pick<MetadataClient, 'getVersion'>) {
    this.#metadata = metadata;
  }

  of(functionId: string): VersionRecord[] {
    return [...(this.#byFunction.get(functionId)?.values() ?? [])];
  }

  /** Asks for the version the first time. Errors: `conflict` when it cannot be called, `not_found`. */
  async remember(record: FunctionRecord, number: number): Promise<void> {
    if (this.#byFunction.get(record.id)?.has(number)) return;
    const version = await this.#metadata.getVersion(record.project, record.name, number);
    if (version.functionId !== record.id || version.state !== 'ready') {
      throw new PlatformError(
        'conflict',
        `Version ${number} of ${record.project}/${record.name} is not ready to be called.`,
      );
    }
    if (version.imageId === null) throw imageRemoved(record, number);
    const versions = this.#byFunction.get(record.id) ?? new Map<number, VersionRecord>();
    this.#byFunction.set(record.id, versions.set(number, version));
  }

  /** Asks anew for a version that was called, as it may have another image by now. True when it has. */
  async refresh(record: FunctionRecord, number: number): Promise<boolean> {
    if (!this.#byFunction.get(record.id)?.has(number)) return false;
    const version = await this.#metadata.getVersion(record.project, record.name, number);
    const versions = this.#byFunction.get(record.id);
    if (version.functionId !== record.id || !versions) return false;
    if (versions.get(number)?.imageId === version.imageId) return false;
    versions.set(number, version);
    return true;
  }

  forget(functionId: string): void {
    this.#byFunction.delete(functionId);
  }
}

/** True when the record itself keeps `number` up: an alias sends calls to it, or it is being deployed. */
export function isKept(record: FunctionRecord, number: number): boolean {
  const state = record.versions.find((version) => version.number === number)?.state;
  if (state === 'starting') return true;
  const isNamed = record.aliases.some((alias) =>
    alias.weights.some((part) => part.version === number && part.weight > 0),
  );
  return state === 'ready' && isNamed;
}
