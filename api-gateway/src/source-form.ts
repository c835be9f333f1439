import type { IncomingMessage } from 'node:http';
import { PassThrough, type Readable } from 'node:stream';
import busboy from 'busboy';
import type { AcceptedSource } from '@plat/platform-kit/clients/builder-client.ts';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import type { RolloutPlan } from '@plat/platform-kit/rollout.ts';
import { formatBytes } from '@plat/platform-kit/units.ts';

const PARTS: readonly string[] = ['config', 'options', 'source'];
const TEXT_PART_LIMIT_BYTES = 256 * 1024;
/** What the parts around the archive may take together. */
const FORM_OVERHEAD_BYTES = 1024 * 1024;
/** An upload that stands still this long is given up. */
const STALL_MS = 60_000;

const EXPECTED =
  'Expected multipart/form-data with part "config" (JSON), optional part "options" (JSON) and file part "source" (zip).';

/** What is to happen once the version is ready. */
export type Release = { promote: boolean; rollout?: RolloutPlan };

export type DeployForm<Config> = { config: Config; release: Release; source: AcceptedSource };

export type DeployFormReaders<Config> = {
  sourceLimitBytes: number;
  /** Throws `invalid`; called as soon as the part is there, so that a wrong one is told before the archive is through. */
  readConfig: (text: string) => Config;
  readOptions: (text: string) => Release;
  /** Takes the archive as it arrives. Keeps nothing when `signal` aborts. */
  putSource: (archive: Readable, signal: AbortSignal) => Promise<AcceptedSource>;
};

/** Throws before a byte of the body is read: not a form, or one that says by itself that it is too large. */
export function assertDeployForm(req: IncomingMessage, sourceLimitBytes: number): void {
  const type = req.headers['content-type'] ?? '';
  if (!/^multipart\/form-data\s*;.*boundary=/i.test(type)) {
    throw new PlatformError('invalid', `${EXPECTED} Received content-type ${JSON.stringify(type)}.`);
  }
  if (Number(req.headers['content-length'] ?? 0) > sourceLimitBytes + FORM_OVERHEAD_BYTES) {
    throw tooLarge(sourceLimitBytes);
  }
}

/**
 * Reads the form of a deploy; the archive is handed on while it arrives and is never whole in memory.
 *
 * INVARIANTS
 * 1. The first thing that is wrong ends it: the archive's taker is aborted before its stream can look complete.
 * 2. What the taker finds wrong with the archive is told only after the whole form was read: a wrong configuration
 *    is the better answer, in whatever order the parts came.
 * 3. When it settles, nobody reads the body or the archive any more.
 */
export async function readDeployForm<Config>(
  req: IncomingMessage,
  readers: DeployFormReaders<Config>,
): Promise<DeployForm<Config>> {
  const stop = new AbortController();
  const seen = new Set<string>();
  const texts: Promise<void>[] = [];
  let config: { value: Config } | undefined;
  let release: Release = { promote: true };
  let source: Promise<AcceptedSource> | undefined;
  let fail: (error: Error) => void = () => undefined;

  const claim = (name: string) => {
    if (!PARTS.includes(name)) throw wrongPart(name, 'there is no such part');
    if (seen.has(name)) throw wrongPart(name, 'it is there twice');
    seen.add(name);
  };
  const takeText = (name: string, text: string) => {
    if (Buffer.byteLength(text) > TEXT_PART_LIMIT_BYTES) throw textTooLarge(name);
    if (name === 'config') config = { value: readers.readConfig(text) };
    else release = readers.readOptions(text);
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
      fieldSize: TEXT_PART_LIMIT_BYTES + 1,
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
      part.once('limit', () => fail(textTooLarge(name)));
      texts.push(collectText(part, name).then((text) => takeText(name, text)));
    }, fail);
    texts.at(-1)?.catch(fail);
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
    await Promise.all(texts);
    const missing = ['config', 'source'].filter((name) => !seen.has(name));
    if (missing.length > 0) throw wrongPart(missing.join('" and "'), 'missing');
    const accepted = await source!;
    if (accepted.bytes === 0) throw wrongPart('source', 'it is empty');
    return { config: config!.value, release, source: accepted };
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

async function collectText(part: Readable, name: string): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of part as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > TEXT_PART_LIMIT_BYTES) throw textTooLarge(name);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function wrongPart(name: string, problem: string): PlatformError {
  return new PlatformError('invalid', `Part "${name}": ${problem}. ${EXPECTED}`, { details: { part: name } });
}

function broken(problem: string, cause?: unknown): PlatformError {
  return new PlatformError('invalid', `${problem} ${EXPECTED}`, { cause });
}

function textTooLarge(name: string): PlatformError {
  return new PlatformError('too_large', `Part "${name}" has at most ${formatBytes(TEXT_PART_LIMIT_BYTES)}.`);
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
