import { PlatformError } from '@plat/platform-kit/errors.ts';
import type { FunctionConfig } from '@plat/platform-kit/function-config.ts';
import { handlerCandidates, type RuntimeManifest } from '@plat/platform-kit/runtime-manifest.ts';
import type { BlobStore } from './blob-store.ts';
import type { SourceLimits } from './source-limits.ts';
import { walkArchive } from './walk-archive.ts';

const ROOT_FILES_SHOWN = 20;

/** Throws `invalid` when the handler's file, or one the runtime needs, is not in the archive; says what is there instead. */
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
    checkFiles(config.handler, manifest, paths);
  });
}

export function checkFiles(
  handler: string | null,
  manifest: RuntimeManifest,
  paths: ReadonlySet<string>,
): void {
  const missing = manifest.requiredFiles?.find((name) => !paths.has(name));
  if (missing !== undefined) {
    throw new PlatformError(
      'invalid',
      `The source has no ${missing} at its root, which the runtime "${manifest.id}" needs. ${describeRoot(paths)}`,
      { details: { missing, rootFiles: filesAtRoot(paths).slice(0, ROOT_FILES_SHOWN) } },
    );
  }
  if (handler === null) return;
  const candidates = handlerCandidates(manifest, handler).map((name) => name.replace(/^(?:\.\/+)+/, ''));
  if (candidates.length === 0 || candidates.some((candidate) => paths.has(candidate))) return;
  throw new PlatformError(
    'invalid',
    `handler: the source has no file for "${handler}". Looked for: ${candidates.join(', ')}. ${describeRoot(paths)}`,
    {
      details: {
        field: 'handler',
        received: handler,
        lookedFor: candidates,
        rootFiles: filesAtRoot(paths).slice(0, ROOT_FILES_SHOWN),
      },
    },
  );
}

function filesAtRoot(paths: ReadonlySet<string>): string[] {
  return [...paths].filter((path) => !path.includes('/')).sort();
}

function describeRoot(paths: ReadonlySet<string>): string {
  const files = filesAtRoot(paths);
  if (files.length === 0) return 'There is no file at its root; was a folder packed instead of its content?';
  const shown = files.slice(0, ROOT_FILES_SHOWN);
  const more = files.length > shown.length ? ` and ${files.length - shown.length} more` : '';
  return `At its root are: ${shown.join(', ')}${more}.`;
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
