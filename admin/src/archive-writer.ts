import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { once } from 'node:events';
import { PassThrough, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { pack } from 'tar-stream';
import { ARCHIVE_FORMAT, HEAD, MANIFEST, type Manifest } from './archive-format.ts';

/**
 * Writes a backup: a tar file, compressed when its name ends in `gz`, that only its owner reads. It has its name only
 * once it is complete and on disk.
 */
export class ArchiveWriter {
  readonly #out: string;
  readonly #pack = pack();
  readonly #files: Manifest['files'] = {};
  readonly #written: Promise<void>;

  private constructor(out: string) {
    this.#out = out;
    const file = createWriteStream(this.#partial, { flags: 'wx', mode: 0o600, flush: true });
    const compress = /gz$/.test(out) ? createGzip({ level: 6 }) : new PassThrough();
    this.#written = pipeline(Readable.from(this.#pack), compress, file);
    this.#written.catch(() => undefined);
  }

  static async create(out: string, createdAt: Date): Promise<ArchiveWriter> {
    const writer = new ArchiveWriter(out);
    await writer.#entry(
      HEAD,
      Buffer.from(JSON.stringify({ format: ARCHIVE_FORMAT, createdAt: createdAt.toISOString() })),
    );
    return writer;
  }

  /** Adds bytes, or exactly `bytes` of a stream; returns their sha256 in hex. */
  async add(
    name: string,
    content: Buffer | { bytes: number; stream: AsyncIterable<Buffer> },
  ): Promise<string> {
    const { bytes, sha256 } = await this.#entry(name, content);
    this.#files[name] = { bytes, sha256 };
    return sha256;
  }

  async finish(content: Omit<Manifest, 'files'>): Promise<void> {
    await this.#entry(MANIFEST, Buffer.from(JSON.stringify({ ...content, files: this.#files })));
    this.#pack.finalize();
    await this.#written;
    await rename(this.#partial, this.#out);
  }

  /** Leaves nothing behind. */
  async discard(): Promise<void> {
    this.#pack.destroy(new Error('The backup was given up.'));
    await this.#written.catch(() => undefined);
    await rm(this.#partial, { force: true });
  }

  get #partial(): string {
    return `${this.#out}.partial`;
  }

  async #entry(name: string, content: Buffer | { bytes: number; stream: AsyncIterable<Buffer> }) {
    const { bytes, stream } = Buffer.isBuffer(content)
      ? { bytes: content.length, stream: [content] }
      : content;
    const hash = createHash('sha256');
    const entry = this.#pack.entry({ name, size: bytes, mode: 0o600, type: 'file' });
    const failed = once(entry, 'error').then(([error]: unknown[]) => Promise.reject(error as Error));
    failed.catch(() => undefined);
    let written = 0;
    for await (const chunk of stream) {
      hash.update(chunk);
      written += chunk.length;
      if (!entry.write(chunk)) await Promise.race([once(entry, 'drain'), failed, this.#brokenOff()]);
    }
    if (written !== bytes)
      throw new Error(`${name} has ${written} bytes, not ${bytes}: it changed meanwhile.`);
    const finished = once(entry, 'finish');
    entry.end(undefined);
    await Promise.race([finished, failed, this.#brokenOff()]);
    return { bytes, sha256: hash.digest('hex') };
  }

  /** Rejects when the archive can no longer be written. */
  async #brokenOff(): Promise<never> {
    await this.#written;
    throw new Error('The archive ended early.');
  }
}
