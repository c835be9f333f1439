import type Docker from 'dockerode';
import type { ChangeFollower } from '@plat/platform-kit/change-feed.ts';
import { checkDisk } from '@plat/platform-kit/check-disk.ts';
import type { CheckSpec, Finding } from '@plat/platform-kit/checks.ts';
import type { FunctionRecord, VersionRecord } from '@plat/platform-kit/domain.ts';
import type { RuntimeManifest } from '@plat/platform-kit/runtime-manifest.ts';
import { formatBytes } from '@plat/platform-kit/units.ts';
import type { BlobStore } from './blob-store.ts';
import { checkBaseImages, checkBuildKit } from './engine-checks.ts';
import type { ImageBuilder } from './image-builder.ts';
import type { ImageRegistry } from './image-registry.ts';
import { removeLeftover } from './leftover-folders.ts';
import type { Sweeper } from './sweeper.ts';

export type BuilderCheckDeps = {
  follower: Pick<ChangeFollower, 'replica' | 'synced'>;
  images: ImageBuilder;
  registry?: ImageRegistry | undefined;
  blobs: BlobStore;
  sweeper: Pick<Sweeper, 'leftovers'>;
  manifests: readonly RuntimeManifest[];
  dataFolder: string;
  /** Undefined when images are not made by a Docker engine. */
  engine: { docker: Docker; dockerHost: string | undefined } | undefined;
};

/** Pushing what is there already takes the engine a second or two, and longer for large images. */
const TRIAL_MS = 20_000;

/** What the builder knows to look at: its tools, its folders, and that what serves can be started again. */
export function builderChecks(deps: BuilderCheckDeps): CheckSpec[] {
  const { follower, images, registry, blobs, sweeper, manifests, dataFolder, engine } = deps;
  const live = () => liveVersions([...follower.replica.functions.values()]);
  return [
    {
      id: 'runtimes.loaded',
      title: 'Runtimes are loaded',
      run: async () =>
        manifests.length > 0
          ? { verdict: 'ok', evidence: manifests.map(({ id }) => id).join(', ') }
          : { verdict: 'fail', evidence: 'There is no runtime.', remedy: 'set RUNTIMES_DIR to the folder runtimes/ of this installation' },
    },
    ...(engine
      ? [
          { id: 'engine.buildkit', title: 'The engine builds with BuildKit', run: (signal: AbortSignal) => checkBuildKit(engine.dockerHost, signal) },
          ...manifests.map((manifest) => ({
            id: `base-images.${manifest.id}`,
            title: `Base images of the runtime ${manifest.id}`,
            run: (signal: AbortSignal) => {
              const isUsed = live().some(({ config }) => config.runtime === manifest.id);
              return checkBaseImages(engine.docker, manifest.baseImages, { isUsed, signal });
            },
          })),
        ]
      : []),
    {
      id: 'registry.answers',
      title: 'The registry answers',
      run: async (signal) => {
        if (!registry) return { verdict: 'skip', evidence: 'Images stay in the engine (REGISTRY_URL is not set).' };
        const repositories = await registry.functionIds(signal);
        return { verdict: 'ok', evidence: `${registry.host} knows ${repositories.length} function(s).` };
      },
    },
    {
      id: 'registry.images',
      title: 'The engine pushes to the registry, and pulls from it',
      timeoutMs: TRIAL_MS,
      run: async (signal) => {
        if (!registry) return { verdict: 'skip', evidence: 'Images stay in the engine (REGISTRY_URL is not set).' };
        const [image] = await images.list(signal);
        if (!image) return { verdict: 'skip', evidence: 'There is no image to try it with; there is one after the first deploy.' };
        const { pushMs, pullMs } = await registry.tryOut(image.imageId, signal);
        return { verdict: 'ok', evidence: `An image was pushed in ${pushMs} ms and pulled in ${pullMs} ms.` };
      },
    },
    {
      id: 'images.live',
      title: 'Versions that serve have their images',
      run: async (signal) => {
        const present = new Set((await images.list(signal)).map(({ imageId }) => imageId));
        return findMissing(live(), {
          what: 'image',
          isThere: async (version) => version.imageRef !== null || (version.imageId !== null && present.has(version.imageId)),
          verdict: 'fail',
        });
      },
    },
    {
      id: 'sources.live',
      title: 'Versions that serve have their sources',
      run: () =>
        findMissing(live(), { what: 'source', isThere: (version) => blobs.has(version.sourceDigest), verdict: 'warn' }),
    },
    {
      id: 'builder.leftovers',
      title: 'Nothing is left over from earlier builds',
      run: async () => {
        const found = await sweeper.leftovers();
        const bytes = found.reduce((sum, item) => sum + (item.bytes ?? 0), 0);
        return found.length === 0
          ? { verdict: 'ok', evidence: 'The staging folder holds nothing old.' }
          : { verdict: 'warn', evidence: `${found.length} folder(s) or file(s), ${formatBytes(bytes)}.`, remedy: 'plat doctor --fix' };
      },
      fix: async () => {
        const found = await sweeper.leftovers();
        for (const { id } of found) await removeLeftover(id);
        return `removed ${found.length} folder(s) or file(s)`;
      },
    },
    { id: 'builder.disk', title: 'There is room for sources and builds', run: () => checkDisk(dataFolder) },
  ]; // prettier-ignore
}

/** The versions that an alias sends calls to. */
export function liveVersions(functions: readonly FunctionRecord[]): VersionRecord[] {
  return functions.flatMap(({ versions, aliases }) => {
    const named = new Set(aliases.flatMap(({ weights }) => weights.filter(({ weight }) => weight > 0).map(({ version }) => version))); // prettier-ignore
    return versions.filter(({ number, state }) => state === 'ready' && named.has(number));
  });
}

async function findMissing(
  versions: readonly VersionRecord[],
  how: { what: string; isThere: (version: VersionRecord) => Promise<boolean>; verdict: 'fail' | 'warn' },
): Promise<Finding> {
  const missing: string[] = [];
  for (const version of versions)
    if (!(await how.isThere(version)))
      missing.push(`${version.project}/${version.function} version ${version.number}`);
  if (missing.length === 0)
    return { verdict: 'ok', evidence: `${versions.length} of ${versions.length} are there.` };
  return {
    verdict: how.verdict,
    evidence: `The ${how.what} is missing of ${missing.join(', ')}.`,
    remedy: 'plat deploy, in the folder of each',
  };
}
