import { createHash } from 'node:crypto';
import type { BuildSettings } from './build-settings.ts';
import { treeDigest, type TreeEntry } from './tree-digest.ts';

/** Counts up when the way an image is made changes in a way that the files alone do not show. */
const BUILD_FORMAT = 1;

/**
 * sha256 (hex) of everything that goes into an image: the same key means the same image. Memory, environment variables
 * and the like are no part of it, so a deploy that changes only those needs no build.
 */
export function buildKey(inputs: {
  source: readonly TreeEntry[];
  /** The runtime's id and the files an image gets from it. */
  runtime: { id: string; files: readonly TreeEntry[] };
  settings: BuildSettings;
}): string {
  const parts = [
    BUILD_FORMAT,
    inputs.runtime.id,
    treeDigest(inputs.source),
    treeDigest(inputs.runtime.files),
    Object.entries(inputs.settings.files).sort(([a], [b]) => (a < b ? -1 : 1)),
  ];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
