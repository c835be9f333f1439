import { PlatformError } from './errors.ts';

/** The version was ready once, and its image was removed since because newer versions took its place. */
export function imageRemoved(key: { project: string; name: string }, version: number): PlatformError {
  const name = key.project === 'default' ? key.name : `${key.project}.${key.name}`;
  return new PlatformError(
    'conflict',
    `The image of version ${version} of "${key.project}/${key.name}" was removed: only the newest versions (setting KEEP_VERSIONS) and those an alias names keep theirs. ` +
      `Its source is kept: plat source ${name} ${version} downloads it, and a deploy of it makes a new version.`,
    { details: { reason: 'image_removed', version } },
  );
}
