import type Docker from 'dockerode';
import type { LogQuery } from '@plat/platform-kit/clients/controller-client.ts';
import type { LogLine } from '@plat/platform-kit/domain.ts';
import { splitFramedLine } from '@plat/platform-kit/log-framing.ts';

/** A line longer than this many bytes is cut and says so; the engine itself splits at 16 KiB and the parts are joined here. */
const LINE_LIMIT = 64 * 1024;
const DEFAULT_TAIL = 1000;

/** The lines a container printed. `from` says whose they are. */
export async function* containerLogs(
  container: Docker.Container,
  from: { instance: string; version: number },
  query: LogQuery,
  signal: AbortSignal,
): AsyncGenerator<LogLine> {
  const options = {
    stdout: true,
    stderr: true,
    timestamps: true,
    tail: query.tail ?? (query.since || query.requestId ? undefined : DEFAULT_TAIL),
    since: query.since ? new Date(query.since).getTime() / 1000 : 0,
    abortSignal: signal,
  };
  const chunks = query.follow
    ? ((await container.logs({ ...options, follow: true })) as AsyncIterable<Buffer>)
    : [await container.logs({ ...options, follow: false })];
  for await (const { at, stream, text } of readFrames(chunks)) {
    const { requestId, text: line } = splitFramedLine(text);
    if (query.requestId && requestId !== query.requestId) continue;
    yield { at, instance: from.instance, version: from.version, stream, requestId, text: line };
  }
}

type RawLine = { at: string; stream: 'stdout' | 'stderr'; text: string };
/** A line whose end has not come yet, as bytes: a character may be split between two frames. */
type OpenLine = { at: string; parts: Buffer[]; bytes: number };

/**
 * Takes the engine's log stream apart: frames of an 8-byte head (stream number, 4-byte length) and a payload
 * `<RFC 3339 time> <text>`; a payload without a newline at its end goes on in the stream's next frame.
 * Format: Docker Engine API, "Attach to a container, stream format".
 */
export async function* readFrames(chunks: AsyncIterable<Buffer> | Iterable<Buffer>): AsyncGenerator<RawLine> {
  const open = new Map<RawLine['stream'], OpenLine>();
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    rest = rest.length ? Buffer.concat([rest, chunk]) : chunk;
    while (rest.length >= 8) {
      const length = rest.readUInt32BE(4);
      if (rest.length < 8 + length) break;
      const stream = rest[0] === 2 ? 'stderr' : 'stdout';
      const payload = rest.subarray(8, 8 + length);
      rest = rest.subarray(8 + length);
      const line = addPayload(open.get(stream), payload);
      open.set(stream, line);
      if (payload.at(-1) !== NEWLINE) continue;
      open.delete(stream);
      yield close(line, stream);
    }
  }
  for (const [stream, line] of open) yield close(line, stream);
}

const NEWLINE = 0x0a;
const SPACE = 0x20;

function addPayload(line: OpenLine | undefined, payload: Buffer): OpenLine {
  const space = payload.indexOf(SPACE);
  const text = payload.subarray(space + 1, payload.at(-1) === NEWLINE ? -1 : undefined);
  const into = line ?? { at: toMilliseconds(payload.toString('latin1', 0, space)), parts: [], bytes: 0 };
  // One byte over the limit is enough to know that the line was cut.
  if (into.bytes <= LINE_LIMIT) into.parts.push(Buffer.from(text.subarray(0, LINE_LIMIT + 1 - into.bytes)));
  into.bytes += text.length;
  return into;
}

function close(line: OpenLine, stream: RawLine['stream']): RawLine {
  const bytes = Buffer.concat(line.parts);
  const isCut = line.bytes > LINE_LIMIT;
  const text = readable(isCut ? bytes.subarray(0, LINE_LIMIT) : bytes).replace(/\r$/, '');
  return { at: line.at, stream, text: isCut ? `${text} … [cut]` : text };
}

/** Bytes that no text has are marked, and what they stand among is shown as well as it can be. */
function readable(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  if (!bytes.includes(0)) return text;
  // eslint-disable-next-line no-control-regex
  return `${text.replace(/[\0-\x08\x0e-\x1d]/g, '\ufffd')} … [binary]`;
}

/** The engine writes nanoseconds; the platform's times have milliseconds. */
function toMilliseconds(time: string): string {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? new Date(0).toISOString() : date.toISOString();
}
