import { watch } from 'node:fs';
import { open, stat, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import type { LogQuery } from '@plat/platform-kit/clients/controller-client.ts';
import type { LogLine } from '@plat/platform-kit/domain.ts';
import { splitFramedLine } from '@plat/platform-kit/log-framing.ts';
import { pause } from '@plat/platform-kit/waiting.ts';

const DEFAULT_TAIL = 1000;
const OLD_FILES = ['.2', '.1', ''];
const LOOK_EVERY_MS = 250;

type Entry = { log: string; stream: 'stdout' | 'stderr'; time: string };

/** The lines an instance printed. With `follow`, until `isOver` says that nothing will come any more. */
export async function* processLogs(
  file: string,
  from: { instance: string; version: number },
  query: LogQuery,
  options: { signal: AbortSignal; isOver: () => Promise<boolean> },
): AsyncGenerator<LogLine> {
  const toLine = (entry: Entry): LogLine | undefined => {
    const { requestId, text } = splitFramedLine(entry.log.replace(/\n$/, ''));
    if (query.since && entry.time < query.since) return undefined;
    if (query.requestId && requestId !== query.requestId) return undefined;
    return { at: entry.time, ...from, stream: entry.stream, requestId, text };
  };
  // Opened before anything is read: rotated or removed afterwards, it can still be read to its end.
  let current: FileHandle | undefined = await open(file).catch(() => undefined);
  try {
    const present: LogLine[] = [];
    let position = 0;
    for (const suffix of OLD_FILES) {
      const handle = suffix === '' ? current : await open(`${file}${suffix}`).catch(() => undefined);
      if (!handle) continue;
      const { entries, end } = await readFrom(handle, 0);
      if (suffix === '') position = end;
      else await handle.close();
      for (const entry of entries) {
        const line = toLine(entry);
        if (line) present.push(line);
      }
    }
    const tail = query.tail ?? (query.since || query.requestId ? present.length : DEFAULT_TAIL);
    yield* tail === 0 ? [] : present.slice(-tail);
    if (!query.follow) return;
    const changes = watchFolder(path.dirname(file));
    try {
      while (!options.signal.aborted) {
        // Asked before reading: what is printed until then is still read.
        const isOver = await options.isOver();
        if (current) {
          const { entries, end } = await readFrom(current, position);
          position = end;
          for (const entry of entries) {
            const line = toLine(entry);
            if (line) yield line;
          }
        }
        if (!current || (await isReplaced(file, current))) {
          const next = await open(file).catch(() => undefined);
          if (next) {
            if (current) {
              const rest = await readFrom(current, position);
              for (const entry of rest.entries) {
                const line = toLine(entry);
                if (line) yield line;
              }
              await current.close();
            }
            current = next;
            position = 0;
            continue;
          }
        }
        if (isOver) return;
        await changes.next(options.signal);
      }
    } finally {
      changes.close();
    }
  } finally {
    await current?.close();
  }
}

function watchFolder(folder: string): { next: (signal: AbortSignal) => Promise<void>; close: () => void } {
  let wake = new AbortController();
  const watcher = watch(folder, () => wake.abort());
  watcher.on('error', () => undefined);
  return {
    next: async (signal) => {
      const stop = () => wake.abort();
      signal.addEventListener('abort', stop, { once: true });
      if (!signal.aborted) await pause(LOOK_EVERY_MS, wake.signal);
      signal.removeEventListener('abort', stop);
      wake = new AbortController();
    },
    close: () => watcher.close(),
  };
}

async function isReplaced(file: string, handle: FileHandle): Promise<boolean> {
  const [now, mine] = await Promise.all([stat(file).catch(() => undefined), handle.stat()]);
  return now !== undefined && now.ino !== mine.ino;
}

/** Whole lines from `position` on; `end` is where the next one begins. */
async function readFrom(handle: FileHandle, position: number): Promise<{ entries: Entry[]; end: number }> {
  const { size } = await handle.stat();
  if (size <= position) return { entries: [], end: position };
  const buffer = Buffer.alloc(size - position);
  const { bytesRead } = await handle.read(buffer, 0, buffer.length, position);
  const last = buffer.subarray(0, bytesRead).lastIndexOf(0x0a);
  const entries: Entry[] = [];
  for (const line of buffer.toString('utf8', 0, Math.max(0, last)).split('\n')) {
    if (!line) continue;
    try {
      entries.push(JSON.parse(line) as Entry);
    } catch {
      continue;
    }
  }
  return { entries, end: position + last + 1 };
}
