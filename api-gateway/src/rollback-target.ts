import type { MetadataClient } from '@plat/platform-kit/clients/metadata-client.ts';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import { imageRemoved } from '@plat/platform-kit/image-removed.ts';
import { liveVersion } from './function-view.ts';

type VersionHistory = Pick<MetadataClient, 'getFunction' | 'getVersion' | 'listVersions'>;

/**
 * Where a rollback goes: to `version`, which must be ready, or to the ready version with the greatest number below the
 * one that is live. Throws `conflict` when there is none.
 */
export async function findRollbackTarget(
  metadata: VersionHistory,
  { project, name, version }: { project: string; name: string; version: number | undefined },
): Promise<{ from: number; to: number }> {
  const from = liveVersion(await metadata.getFunction(project, name))?.number;
  if (from === undefined) {
    throw new PlatformError('conflict', `Function "${name}" has no live version to roll back from.`);
  }
  if (version === undefined)
    return { from, to: await previousReady(metadata, { project, name, below: from }) };
  const { state, imageId } = await metadata.getVersion(project, name, version);
  if (state !== 'ready') {
    throw new PlatformError('conflict', `Version ${version} is ${state}; only a ready one can become live.`, {
      details: { state },
    });
  }
  if (imageId === null) throw imageRemoved({ project, name }, version);
  return { from, to: version };
}

async function previousReady(
  metadata: VersionHistory,
  { project, name, below }: { project: string; name: string; below: number },
): Promise<number> {
  let before: number | undefined = below;
  while (before !== undefined) {
    const page: Awaited<ReturnType<VersionHistory['listVersions']>> = await metadata.listVersions(
      project,
      name,
      {
        before,
        limit: 200,
      },
    );
    const ready = page.items.find(
      ({ state, number, imageId }) => state === 'ready' && imageId !== null && number < below,
    );
    if (ready) return ready.number;
    before = page.next === null ? undefined : Number(page.next);
  }
  throw new PlatformError(
    'conflict',
    `There is no ready version before version ${below} that still has its image, to roll back to.`,
  );
}
