import { PlatformError } from '@plat/platform-kit/errors.ts';

/** Why an archive is refused; `details.reason` of the error. */
export const ARCHIVE_REASONS = {
  not_a_zip: 'it is not a zip archive that can be read',
  empty: 'there is no file in it',
  too_many_entries: 'it has too many files and folders',
  too_large_expanded: 'its files are too large together',
  ratio: 'it expands to a suspiciously large size',
  too_deep: 'its folders are nested too deeply',
  absolute_path: 'a path in it is absolute',
  path_traversal: 'a path in it has the segment ".."',
  bad_segment: 'a path in it has an empty segment or "."',
  backslash: 'a path in it has a backslash; zip archives use "/"',
  drive_letter: 'a path in it has a drive letter',
  control_character: 'a name in it has a control character',
  bad_encoding: 'a name in it is not valid text',
  name_too_long: 'a name in it has more than 255 bytes, or a path more than 1024',
  whiteout: 'a name in it starts with ".wh.", which means a deletion in image layers',
  link_leaves: 'a link in it leads outside of the archive',
  special_file: 'it has a device, pipe or socket',
  kind_mismatch: 'the kind of an entry contradicts its name',
  duplicate: 'it has the same name twice',
  collision: 'two names in it differ only in case or Unicode form, so they collide on some systems',
  file_and_folder: 'a name in it is a file or link and also a folder',
  encrypted: 'an entry of it is encrypted',
  unsupported_method: 'an entry of it is compressed in a way other than "stored" or "deflated"',
  corrupt: 'an entry of it is damaged: its content does not match what the archive says',
} as const;
export type ArchiveReason = keyof typeof ARCHIVE_REASONS;

/** `invalid`, with details `{reason, entry}`; `entry` is null when the archive as a whole is meant. */
export function archiveError(
  reason: ArchiveReason,
  entry: string | null = null,
  options: { hint?: string; cause?: unknown } = {},
): PlatformError {
  const where = entry === null ? '' : ` Entry: ${JSON.stringify(shorten(entry))}.`;
  const hint = options.hint ? ` (${options.hint})` : '';
  return new PlatformError(
    'invalid',
    `The source archive was refused: ${ARCHIVE_REASONS[reason]}${hint}.${where}`,
    { details: { reason, entry: entry === null ? null : shorten(entry) }, cause: options.cause },
  );
}

function shorten(name: string): string {
  return name.length > 200 ? `${name.slice(0, 197)}...` : name;
}
