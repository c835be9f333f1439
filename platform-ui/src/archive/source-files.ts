import { unzip, zip, type AsyncZippable } from 'fflate';

/** A file of a function's source. `attributes` are the zip's own: they say what may be run, and what is a link. */
export type SourceFile = { path: string; bytes: Uint8Array; attributes: number };

const CENTRAL_HEADER = 0x02014b50;
const END_OF_CENTRAL = 0x06054b50;
const UNIX = 3;
const PLAIN = 0o100644 << 16;
/** The earliest date a zip can hold: the same files always give the same archive, which is not built twice. */
const FIXED_DATE = new Date(1980, 0, 1);

export function textFile(path: string, text: string): SourceFile {
  return { path, bytes: new TextEncoder().encode(text), attributes: PLAIN };
}

/** What a file says, or null when it is no text. */
export function textOf(file: SourceFile): string | null {
  if (file.bytes.includes(0)) return null;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(file.bytes);
  } catch {
    return null;
  }
}

/** The files of an archive, sorted by path. Rejects when it is no zip. */
export async function readZip(archive: Uint8Array): Promise<SourceFile[]> {
  const files = await new Promise<Record<string, Uint8Array>>((resolve, reject) =>
    unzip(archive, (error, data) =>
      error ? reject(new Error(`This is not a zip archive: ${error.message}.`)) : resolve(data),
    ),
  );
  const attributes = readAttributes(archive);
  return Object.entries(files)
    .filter(([path]) => !path.endsWith('/'))
    .map(([path, bytes]) => ({ path, bytes, attributes: attributes.get(path) ?? PLAIN }))
    .toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

export async function writeZip(files: readonly SourceFile[]): Promise<Uint8Array> {
  const entries: AsyncZippable = {};
  for (const { path, bytes, attributes } of files.toSorted((a, b) => (a.path < b.path ? -1 : 1))) {
    entries[path] = [bytes, { os: UNIX, attrs: attributes, mtime: FIXED_DATE }];
  }
  return new Promise((resolve, reject) =>
    zip(entries, (error, data) => (error ? reject(error) : resolve(data))),
  );
}

/** External attributes by path, from the central directory (APPNOTE.TXT, 4.3.12), which the library does not tell. */
function readAttributes(archive: Uint8Array): Map<string, number> {
  const view = new DataView(archive.buffer, archive.byteOffset, archive.byteLength);
  const found = new Map<string, number>();
  let end = archive.length - 22;
  while (end >= 0 && view.getUint32(end, true) !== END_OF_CENTRAL) end--;
  if (end < 0) return found;
  let at = view.getUint32(end + 16, true);
  while (at + 46 <= end && view.getUint32(at, true) === CENTRAL_HEADER) {
    const [name, extra, comment] = [28, 30, 32].map((offset) => view.getUint16(at + offset, true)) as [
      number,
      number,
      number,
    ];
    const isUnix = view.getUint8(at + 5) === UNIX;
    const path = new TextDecoder().decode(archive.subarray(at + 46, at + 46 + name));
    if (isUnix) found.set(path, view.getUint32(at + 38, true));
    at += 46 + name + extra + comment;
  }
  return found;
}
