import type { BlobInfo } from './blob-store.ts';
import type { BuiltImage } from './image-builder.ts';

/** What belongs to functions that no longer exist. `isKept` says which function ids are still needed. */
export function planSweep(found: {
  images: readonly BuiltImage[];
  logs: readonly string[];
  isKept: (functionId: string) => boolean;
}): { imageIds: string[]; logs: string[] } {
  return {
    imageIds: found.images.filter((image) => !found.isKept(image.functionId)).map((image) => image.imageId),
    logs: found.logs.filter((functionId) => !found.isKept(functionId)),
  };
}

/** Sources that no version names. One that came in lately may belong to a version that is about to be made. */
export function planSourceSweep(found: {
  blobs: readonly BlobInfo[];
  named: ReadonlySet<string>;
  storedBeforeMs: number;
}): string[] {
  return found.blobs
    .filter((blob) => blob.storedAtMs < found.storedBeforeMs && !found.named.has(blob.digest))
    .map((blob) => blob.digest);
}
