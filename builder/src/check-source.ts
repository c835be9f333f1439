import { PlatformError } from '@plat/platform-kit/errors.ts';
import type { FunctionConfig } from '@plat/platform-kit/function-config.ts';
import { handlerCandidates, type RuntimeManifest } from '@plat/platform-kit/runtime-manifest.ts';
import type { BlobStore } from './blob-store.ts';
import type { SourceLimits } from './source-limits.ts';
import { walkArchive } from './walk-archive.ts';

const ROOT_FILES_SHOWN = 20;

/** Throws `invalid` when the handler's file is not in the archive; says what was looked for and what is there. */
export async function checkSource(
  request: { digest: string; config: FunctionConfig },
  deps: { blobs: BlobStore; limits: SourceLimits; manifests: readonly RuntimeManifest[] },
): Promise<void> {
  const { config } = request;
  const manifest = findManifest(config.runtime, deps.manifests);
  await deps.blobs.withFile(request.digest, async (file) => {
    const paths = new Set<string>();
    for await (const entry of walkArchive(file, deps.limits))
      if (entry.kind !== 'folder') paths.add(entry.path);
    checkHandler(config.handler, manifest, paths);
  });
}

export function checkHandler(
  handler: string | null,
  manifest: RuntimeManifest,
  paths: ReadonlySet<string>,
): void {
  if (handler === null) return;
  const candidates = handlerCandidates(manifest, handler).map((name) => name.replace(/^(?:\.\/+)+/, ''));
  if (candidates.length === 0 || candidates.some((candidate) => paths.has(candidate))) return;
  const rootFiles = [...paths].filter((path) => !path.includes('/')).sort();
  const shown = rootFiles.slice(0, ROOT_FILES_SHOWN);
  const more = rootFiles.length > shown.length ? ` and ${rootFiles.length - shown.length} more` : '';
  throw new PlatformError(
    'invalid',
    `handler: the source has no file for "${handler}". Looked for: ${candidates.join(', ')}. ` +
      (shown.length
        ? `At its root are: ${shown.join(', ')}${more}.`
        : 'There is no file at its root; was a folder packed instead of its content?'),
    { details: { field: 'handler', received: handler, lookedFor: candidates, rootFiles: shown } },
  );
}

export function findManifest(id: string, manifests: readonly RuntimeManifest[]): RuntimeManifest {
  const manifest = manifests.find((candidate) => candidate.id === id);
  if (manifest) return manifest;
  throw new PlatformError(
    'invalid',
    `runtime: there is no runtime "${id}"; there are: ${manifests.map((known) => known.id).join(', ')}.`,
    { details: { field: 'runtime', received: id } },
  );
}
