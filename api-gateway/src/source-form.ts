import type { IncomingMessage } from 'node:http';
import { PassThrough, type Readable } from 'node:stream';
import busboy from 'busboy';
import type { AcceptedSource } from '@plat/platform-kit/clients/builder-client.ts';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import { formatBytes } from '@plat/platform-kit/units.ts';

const TEXT_PART_LIMIT_BYTES = 256 * 1024;
/** What the parts around the archive may take together. */
const FORM_OVERHEAD_BYTES = 1024 * 1024;
/** An upload that stands still this long is given up. */
const STALL_MS = 60_000;

/** A part with JSON. `read` throws `invalid`; it is called as soon as the part is there, before the archive is through. */
export type TextPart = { isRequired?: true; limitBytes?: number; read: (text: string) => void };

export type SourceFormReaders = {
  sourceLimitBytes: number;
  /** By name; `source` is the archive. */
  texts: Readonly<Record<string, TextPart>>;
  /** Takes the archive as it arrives. Keeps nothing when `signal` aborts. */
  putSource: (archive: Readable, signal: AbortSignal) => Promise<AcceptedSource>;
};

export function isSourceForm(req: IncomingMessage): boolean {
  return /^multipart\/form-data\s*;.*boundary=/i.test(req.headers['content-type'] ?? '');
}

/** Throws before a byte of the body is read: not a form, or one that says by itself that it is too large. */
export function assertSourceForm(
  req: IncomingMessage,
  { sourceLimitBytes, texts }: Pick<SourceFormReaders, 'sourceLimitBytes' | 'texts'>,
): void {
  if (!isSourceForm(req)) {
    const type = req.headers['content-type'] ?? '';
    throw new PlatformError('invalid', `${expected(texts)} Received content-type ${JSON.stringify(type)}.`);
  }
  if (Number(req.headers['content-length'] ?? 0) > sourceLimitBytes + FORM_OVERHEAD_BYTES) {
    throw tooLarge(sourceLimitBytes);
  }
}

function expected(texts: SourceFormReaders['texts']): string {
  const names = (isRequired: boolean) =>
    Object.entries(texts)
      .filter(([, part]) => (part.isRequired ?? false) === isRequired)
      .map(([name]) => `part "${name}" (JSON)`);
  const optional = names(false).map((name) => `optional ${name}`);
  return `Expected multipart/form-data with ${[...names(true), ...optional].join(', ')} and file part "source" (zip).`;
}

/**
 * Reads a form with an archive; the archive is handed on while it arrives and is never whole in memory.
 *
 * INVARIANTS
 * 1. The first thing that is wrong ends it: the archive's taker is aborted before its stream can look complete.
 * 2. What the taker finds wrong with the archive is told only after the whole form was read: a wrong configuration
 *    is the better answer, in whatever order the parts came.
 * 3. When it settles, nobody reads the body or the archive any more.
 */
export async function readSourceForm(
  req: IncomingMessage,
  readers: SourceFormReaders,
): Promise<AcceptedSource> {
  const { texts } = readers;
  const wrongPart = (name: string, problem: string) =>
    new PlatformError('invalid', `Part "${name}": ${problem}. ${expected(texts)}`, {
      details: { part: name },
    });
  const broken = (problem: string, cause?: unknown) =>
    new PlatformError('invalid', `${problem} ${expected(texts)}`, { cause });
  const limitOf = (name: string) => texts[name]?.limitBytes ?? TEXT_PART_LIMIT_BYTES;
  const stop = new AbortController();
  const seen = new Set<string>();
  const collecting: Promise<void>[] = [];
  let source: Promise<AcceptedSource> | undefined;
  let fail: (error: Error) => void = () => undefined;

  const claim = (name: string) => {
    if (name !== 'source' && !Object.hasOwn(texts, name)) throw wrongPart(name, 'there is no such part');
    if (seen.has(name)) throw wrongPart(name, 'it is there twice');
    seen.add(name);
  };
  const takeText = (name: string, text: string) => {
    if (Buffer.byteLength(text) > limitOf(name)) throw textTooLarge(name, limitOf(name));
    texts[name]!.read(text);
  };
  const takeSource = (archive: Readable) => {
    archive.once('limit', () => fail(tooLarge(readers.sourceLimitBytes)));
    const relay = throughRelay(archive);
    source = readers.putSource(relay, stop.signal);
    // A taker that was answered before it sent all does not give the stream up by itself.
    source.catch(() => relay.destroy());
  };

  const form = busboy({
    headers: req.headers,
    limits: {
      fieldSize: Math.max(...Object.keys(texts).map(limitOf)) + 1,
      // One more than is allowed: busboy calls a file cut off that has exactly the limit.
      fileSize: readers.sourceLimitBytes + 1,
      parts: 10,
      headerPairs: 50,
    },
  });
  form.on('field', (name = '', text) => {
    attempt(() => {
      claim(name);
      if (name === 'source') throw wrongPart(name, 'it must be a file, with a file name');
      takeText(name, text);
    }, fail);
  });
  form.on('file', (name = '', part) => {
    part.on('error', () => undefined);
    attempt(() => {
      claim(name);
      if (name === 'source') return takeSource(part);
      const limitBytes = limitOf(name);
      part.once('limit', () => fail(textTooLarge(name, limitBytes)));
      collecting.push(collectText(part, { name, limitBytes }).then((text) => takeText(name, text)));
    }, fail);
    collecting.at(-1)?.catch(fail);
  });

  try {
    await new Promise<void>((resolve, reject) => {
      fail = (error) => {
        stop.abort();
        reject(error);
      };
      form.once('close', resolve);
      form.on('error', (cause) => fail(broken('The form is broken or not complete.', cause)));
      form.once('partsLimit', () => fail(broken('The form has too many parts.')));
      req.once('close', () => {
        if (!req.complete) fail(new PlatformError('client_closed', 'The upload was broken off.'));
      });
      req.setTimeout(STALL_MS, () => fail(broken('The upload stood still for a minute.')));
      req.pipe(form);
    });
    await Promise.all(collecting);
    const required = Object.keys(texts).filter((name) => texts[name]!.isRequired);
    const missing = [...required, 'source'].filter((name) => !seen.has(name));
    if (missing.length > 0) throw wrongPart(missing.join('" and "'), 'missing');
    const accepted = await source!;
    if (accepted.bytes === 0) throw wrongPart('source', 'it is empty');
    return accepted;
  } finally {
    stop.abort();
    req.setTimeout(0);
    req.unpipe(form);
    form.destroy();
  }
}

function attempt(action: () => void, onError: (error: Error) => void): void {
  try {
    action();
  } catch (error) {
    onError(error as Error);
  }
}

/**
 * The archive's taker may give up on its stream. busboy goes on only while the part is read, so the taker gets a relay,
 * and what it leaves is read and dropped.
 */
function throughRelay(archive: Readable): PassThrough {
  const relay = new PassThrough();
  relay.on('error', () => undefined);
  relay.once('close', () => {
    // The pipe takes itself apart at this event too, and would leave the archive paused.
    archive.unpipe(relay);
    archive.resume();
  });
  archive.once('error', (error) => relay.destroy(error));
  archive.once('close', () => {
    if (!archive.readableEnded) relay.destroy(new Error('The archive is not complete.'));
  });
  return archive.pipe(relay);
}

async function collectText(
  part: Readable,
  { name, limitBytes }: { name: string; limitBytes: number },
): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of part as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > limitBytes) throw textTooLarge(name, limitBytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function textTooLarge(name: string, limitBytes: number): PlatformError {
  return new PlatformError('too_large', `Part "${name}" has at most ${formatBytes(limitBytes)}.`);
}

function tooLarge(limitBytes: number): PlatformError {
  return new PlatformError(
    'too_large',
    `The source is larger than ${formatBytes(limitBytes)}, the most that is taken.`,
    {
      details: { limitBytes },
    },
  );
}
