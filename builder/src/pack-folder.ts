import { Readable } from 'node:stream';
import { pack } from 'tar-fs';

/** The one time of all files: with it, the same files make the same archive. */
const NO_TIME = new Date(0);

/** A tar of a folder's content, with owner, times and modes that do not depend on this machine. */
export function packFolder(folder: string): Readable {
  const archive = pack(folder, {
    map: (header) => ({
      ...header,
      uid: 0,
      gid: 0,
      mtime: NO_TIME,
      mode: header.type === 'directory' || (header.mode & 0o100) !== 0 ? 0o755 : 0o644,
    }),
  });
  return Readable.from(archive as AsyncIterable<Buffer>, { objectMode: false });
}
