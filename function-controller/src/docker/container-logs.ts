import type Docker from 'dockerode';
import type { LogQuery } from '@plat/platform-kit/clients/controller-client.ts';
import type { LogLine } from '@plat/platform-kit/domain.ts';
import { splitFramedLine } from '@plat/platform-kit/log-framing.ts';

/** A line longer than this is cut and says so; the engine itself splits at 16 KiB and the parts are joined here. */
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
    : [(await container.logs({ ...options, follow: false })) as Buffer];
  for await (const { at, stream, text } of readFrames(chunks)) {
    const { requestId, text: line } = splitFramedLine(text);
    if (query.requestId && requestId !== query.requestId) continue;
    yield { at, instance: from.instance, version: from.version, stream, requestId, text: line };
  }
}

type RawLine = { at: string; stream: 'stdout' | 'stderr'; text: string };

/**
 * Takes the engine's log stream apart: frames of an 8-byte head (stream number, 4-byte length) and a payload
 * `<RFC 3339 time> <text>`; a payload without a newline at its end goes on in the stream's next frame.
 * Format: Docker Engine API, "Attach to a container, stream format".
 */
export async function* readFrames(chunks: AsyncIterable<Buffer> | Iterable<Buffer>): AsyncGenerator<RawLine> {
  const open: Record<'stdout' | 'stderr', RawLine | undefined> = { stdout: undefined, stderr: undefined };
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    rest = rest.length ? Buffer.concat([rest, chunk]) : chunk;
    while (rest.length >= 8) {
      const length = rest.readUInt32BE(4);
      if (rest.length < 8 + length) break;
      const stream = rest[0] === 2 ? 'stderr' : 'stdout';
      const line = readPayload(rest.toString('utf8', 8, 8 + length), stream, open[stream]);
      rest = rest.subarray(8 + length);
      open[stream] = line.ended ? undefined : line.raw;
      if (line.ended) yield line.raw;
    }
  }
  for (const line of Object.values(open)) if (line) yield line;
}

function readPayload(
  payload: string,
  stream: 'stdout' | 'stderr',
  before: RawLine | undefined,
): { raw: RawLine; ended: boolean } {
  const space = payload.indexOf(' ');
  const ended = payload.endsWith('\n');
  const text = payload.slice(space + 1, ended ? -1 : undefined).replace(/\r$/, '');
  if (!before) return { raw: { at: toMilliseconds(payload.slice(0, space)), stream, text }, ended };
  const joined = before.text + text;
  before.text = joined.length > LINE_LIMIT ? `${joined.slice(0, LINE_LIMIT)} … [cut]` : joined;
  return { raw: before, ended };
}

/** The engine writes nanoseconds; the platform's times have milliseconds. */
function toMilliseconds(time: string): string {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? new Date(0).toISOString() : date.toISOString();
}
