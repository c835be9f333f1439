import { archiveError } from './archive-error.ts';

const SEGMENT_LIMIT_BYTES = 255;
const PATH_LIMIT_BYTES = 1024;

/** Throws `invalid` when a path (no trailing slash) must not be created below a folder. */
export function checkEntryName(name: string, depthLimit: number): void {
  // eslint-disable-next-line no-control-regex
  if (/[\x00-\x1f\x7f]/.test(name)) throw archiveError('control_character', name);
  if (name.includes('\ufffd')) throw archiveError('bad_encoding', name);
  if (name.includes('\\')) throw archiveError('backslash', name);
  if (name.startsWith('/')) throw archiveError('absolute_path', name);
  if (/^[A-Za-z]:/.test(name)) throw archiveError('drive_letter', name);
  const segments = name.split('/');
  if (segments.includes('..')) throw archiveError('path_traversal', name);
  if (segments.some((segment) => segment === '' || segment === '.')) throw archiveError('bad_segment', name);
  if (segments.some((segment) => segment.startsWith('.wh.'))) throw archiveError('whiteout', name);
  if (segments.length > depthLimit) throw archiveError('too_deep', name, { hint: `at most ${depthLimit}` });
  if (
    Buffer.byteLength(name) > PATH_LIMIT_BYTES ||
    segments.some((segment) => Buffer.byteLength(segment) > SEGMENT_LIMIT_BYTES)
  )
    throw archiveError('name_too_long', name);
}
