import type { FunctionRecord, VersionRecord } from '@plat/platform-kit/domain.ts';
import type { Garbage } from '@plat/platform-kit/garbage.ts';
import { isTerminal } from '@plat/platform-kit/version-states.ts';
import type { BlobInfo } from './blob-store.ts';
import { isGenericOwner } from './generic-images.ts';
import type { BuiltImage } from './image-builder.ts';
import type { RegistryManifest } from './image-registry.ts';

/** A function of the record with all of its versions, newest first. */
export type FunctionHistory = Pick<FunctionRecord, 'aliases'> & { versions: readonly VersionRecord[] };

/** An image that can go. `releases`: the versions that named it and have none from then on. */
export type ImageGarbage = Garbage & { functionId: string; releases: number[] };

/** A manifest in the registry that can go. */
export type ManifestGarbage = Garbage & { functionId: string; digest: string };

export type SweepInput = {
  images: readonly BuiltImage[];
  /** Of functions that exist, by id; one that is missing here is gone, unless it is busy. */
  histories: ReadonlyMap<string, FunctionHistory>;
  /** A build of the function is under way: all of its images stay. */
  isBusy: (functionId: string) => boolean;
  /** Images that containers were made of. */
  used: ReadonlySet<string>;
  /** Build keys of images without a function that pools of functions in the record are made of. */
  generic: ReadonlySet<string>;
  keepVersions: number;
};

/**
 * The images nobody needs. Those of a version stay that an alias names, that is not over yet, or that is among the
 * `keepVersions` newest of the function or the `keepVersions` newest that are ready.
 */
export function planImages({
  images,
  histories,
  isBusy,
  used,
  generic,
  keepVersions,
}: SweepInput): ImageGarbage[] {
  return images.flatMap((image): ImageGarbage[] => {
    const { imageId, functionId, name = imageId, bytes = null } = image;
    if (isBusy(functionId)) return [];
    const item = { kind: 'image' as const, id: imageId, name, bytes, functionId };
    if (isGenericOwner(functionId)) {
      return generic.has(image.buildKey) ? [] : [{ ...item, why: 'no pool is made of it', releases: [] }];
    }
    const history = histories.get(functionId);
    if (!history) return [{ ...item, why: 'its function is deleted', releases: [] }];
    if (used.has(imageId)) return [];
    const kept = keptVersions(history, keepVersions);
    const naming = history.versions.filter((version) => version.imageId === imageId);
    if (naming.some(({ number }) => kept.has(number))) return [];
    const releases = naming.map(({ number }) => number).sort((a, b) => a - b);
    const why =
      releases.length > 0
        ? `only version ${releases.join(', ')} uses it, beyond the newest ${keepVersions}`
        : 'no version uses it';
    return [{ ...item, why, releases }];
  });
}

/** The numbers of versions that keep their images. */
export function keptVersions({ aliases, versions }: FunctionHistory, keepVersions: number): Set<number> {
  const newest = [...versions].sort((a, b) => b.number - a.number);
  return new Set(
    [
      ...newest.slice(0, keepVersions),
      ...newest.filter(({ state, imageId }) => state === 'ready' && imageId !== null).slice(0, keepVersions),
      ...newest.filter(({ state }) => !isTerminal(state)),
    ]
      .map(({ number }) => number)
      .concat(aliases.flatMap(({ weights }) => weights.map(({ version }) => version))),
  );
}

/** Build logs of functions that are gone. */
export function planLogs(found: {
  logs: readonly { functionId: string; bytes: number }[];
  isKept: (functionId: string) => boolean;
}): Garbage[] {
  return found.logs
    .filter(({ functionId }) => !found.isKept(functionId))
    .map(({ functionId: id, bytes }) => ({
      kind: 'build-log',
      id,
      name: id,
      bytes,
      why: 'its function is deleted',
    }));
}

/**
 * Manifests that no version names by its digest: of functions that are gone, and of versions that have lost their image
 * or lose it to `images`. A function that is being built pushes a manifest before its version names it.
 */
export function planManifests(found: {
  manifests: readonly RegistryManifest[];
  histories: ReadonlyMap<string, FunctionHistory>;
  images: readonly ImageGarbage[];
  isBusy: (functionId: string) => boolean;
}): ManifestGarbage[] {
  const seen = new Set<string>();
  return found.manifests.flatMap(({ functionId, tag, digest }): ManifestGarbage[] => {
    const id = `${functionId}@${digest}`;
    if (found.isBusy(functionId) || seen.has(id)) return [];
    seen.add(id);
    const item = { kind: 'manifest' as const, id, name: `${functionId}:${tag}`, bytes: null, functionId, digest };
    const history = found.histories.get(functionId);
    if (!history) return [{ ...item, why: 'its function is deleted' }];
    const released = found.images
      .filter((image) => image.functionId === functionId)
      .flatMap(({ releases }) => releases);
    if (namesManifest(history.versions.filter(({ number }) => !released.includes(number)), digest)) return [];
    return [{ ...item, why: 'no version uses it' }];
  });
} // prettier-ignore

export function namesManifest(versions: readonly VersionRecord[], digest: string): boolean {
  return versions.some(({ imageRef }) => imageRef?.endsWith(`@${digest}`));
}

/** Sources that no version names. One that came in lately may belong to a version that is about to be made. */
export function planSources(found: {
  blobs: readonly BlobInfo[];
  named: ReadonlySet<string>;
  storedBeforeMs: number;
}): Garbage[] {
  return found.blobs
    .filter((blob) => blob.storedAtMs < found.storedBeforeMs && !found.named.has(blob.digest))
    .map(({ digest: id, bytes }) => ({ kind: 'source', id, name: id, bytes, why: 'no version names it' }));
}
