import { crc32, deflateRawSync } from 'node:zlib';

/** An entry of a zip to write; what is left out is written as an honest packer would. */
export type ZipSpec = {
  name: string | Buffer;
  content?: string | Buffer;
  /** Unix mode; 0 writes none. */
  mode?: number;
  method?: number;
  flags?: number;
  declaredSize?: number;
  declaredCrc?: number;
  /** The data of the entry at this index is used again instead of own data. */
  sharesDataOf?: number;
};

const UTF8 = 0x800;

/** Writes a zip byte by byte, so that it can also say what is not true. Zip64 fields are written on demand. */
export function makeZip(
  specs: readonly ZipSpec[],
  options: { zip64?: boolean; entryCount?: number } = {},
): Buffer {
  const parts: Buffer[] = [];
  const central: Buffer[] = [];
  const data: { offset: number; bytes: Buffer; size: number; crc: number }[] = [];
  let offset = 0;
  const push = (part: Buffer) => {
    parts.push(part);
    offset += part.length;
  };
  for (const spec of specs) {
    const name = Buffer.from(spec.name);
    const method = spec.method ?? 8;
    const flags = spec.flags ?? UTF8;
    let own = spec.sharesDataOf === undefined ? undefined : data[spec.sharesDataOf];
    if (!own) {
      const content = Buffer.from(spec.content ?? '');
      const bytes = method === 8 ? deflateRawSync(content) : content;
      own = { offset, bytes, size: content.length, crc: crc32(content) };
      push(localHeader(name, { ...own, method, flags }));
      push(bytes);
    }
    data.push(own);
    const size = spec.declaredSize ?? own.size;
    const crc = spec.declaredCrc ?? own.crc;
    const mode = spec.mode ?? 0o100644;
    central.push(
      centralHeader(name, {
        size,
        crc,
        mode,
        method,
        flags,
        packed: own.bytes.length,
        offset: own.offset,
        zip64: options.zip64 ?? false,
      }),
    );
  }
  const start = offset;
  const directory = Buffer.concat(central);
  push(directory);
  push(
    endRecords(
      start,
      directory.length,
      options.entryCount ?? specs.length,
      options.zip64 ?? specs.length > 0xfffe,
    ),
  );
  return Buffer.concat(parts);
}

/** A zip of honest files. */
export function zipOf(files: Record<string, string>): Buffer {
  return makeZip(Object.entries(files).map(([name, content]) => ({ name, content })));
}

function localHeader(
  name: Buffer,
  entry: { bytes: Buffer; size: number; crc: number; method: number; flags: number },
): Buffer {
  const header = Buffer.alloc(30);
  header.writeUInt32LE(0x04034b50, 0);
  header.writeUInt16LE(20, 4);
  header.writeUInt16LE(entry.flags, 6);
  header.writeUInt16LE(entry.method, 8);
  header.writeUInt32LE(entry.crc, 14);
  header.writeUInt32LE(entry.bytes.length, 18);
  header.writeUInt32LE(entry.size, 22);
  header.writeUInt16LE(name.length, 26);
  return Buffer.concat([header, name]);
}

function centralHeader(
  name: Buffer,
  entry: {
    size: number;
    crc: number;
    mode: number;
    method: number;
    flags: number;
    packed: number;
    offset: number;
    zip64: boolean;
  },
): Buffer {
  const extra = Buffer.alloc(entry.zip64 ? 28 : 0);
  if (entry.zip64) {
    extra.writeUInt16LE(1, 0);
    extra.writeUInt16LE(24, 2);
    extra.writeBigUInt64LE(BigInt(entry.size), 4);
    extra.writeBigUInt64LE(BigInt(entry.packed), 12);
    extra.writeBigUInt64LE(BigInt(entry.offset), 20);
  }
  const header = Buffer.alloc(46);
  header.writeUInt32LE(0x02014b50, 0);
  header.writeUInt16LE((3 << 8) | 45, 4);
  header.writeUInt16LE(20, 6);
  header.writeUInt16LE(entry.flags, 8);
  header.writeUInt16LE(entry.method, 10);
  header.writeUInt32LE(entry.crc, 16);
  header.writeUInt32LE(entry.zip64 ? 0xffffffff : entry.packed, 20);
  header.writeUInt32LE(entry.zip64 ? 0xffffffff : entry.size, 24);
  header.writeUInt16LE(name.length, 28);
  header.writeUInt16LE(extra.length, 30);
  header.writeUInt32LE((entry.mode << 16) >>> 0, 38);
  header.writeUInt32LE(entry.zip64 ? 0xffffffff : entry.offset, 42);
  return Buffer.concat([header, name, extra]);
}

function endRecords(start: number, length: number, count: number, zip64: boolean): Buffer {
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(zip64 ? 0xffff : count, 8);
  end.writeUInt16LE(zip64 ? 0xffff : count, 10);
  end.writeUInt32LE(zip64 ? 0xffffffff : length, 12);
  end.writeUInt32LE(zip64 ? 0xffffffff : start, 16);
  if (!zip64) return end;
  const record = Buffer.alloc(56);
  record.writeUInt32LE(0x06064b50, 0);
  record.writeBigUInt64LE(44n, 4);
  record.writeBigUInt64LE(BigInt(count), 24);
  record.writeBigUInt64LE(BigInt(count), 32);
  record.writeBigUInt64LE(BigInt(length), 40);
  record.writeBigUInt64LE(BigInt(start), 48);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50, 0);
  locator.writeBigUInt64LE(BigInt(start + length), 8);
  locator.writeUInt32LE(1, 16);
  return Buffer.concat([record, locator, end]);
}
