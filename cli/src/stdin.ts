import { fstatSync } from 'node:fs';
import { note, type Context } from './context.ts';
import type { Source } from './terminal.ts';

/** How long a socket on standard input may stay silent before it counts as "no data". */
const SOCKET_SILENCE_MS = 1000;

/** What stands on standard input. Programs hand on sockets to children they never mean to write to; shells make pipes. */
export function stdinKind(fd = 0): Source['kind'] {
  try {
    const found = fstatSync(fd);
    if (found.isSocket()) return 'socket';
    if (found.isFIFO() || found.isFile()) return 'piped';
    return 'none';
  } catch {
    return 'none';
  }
}

/** All of standard input. */
export async function readStdin(context: Context): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of context.stdin.stream) {
    chunks.push(chunk);
    context.signal.throwIfAborted();
  }
  return Buffer.concat(chunks);
}

/**
 * What was piped in, if anything was: undefined on a terminal, without standard input, and when it is a socket on which
 * nothing comes. An empty pipe is no data either.
 */
export async function readPiped(context: Context): Promise<Buffer | undefined> {
  const { kind } = context.stdin;
  if (kind === 'terminal' || kind === 'none') return undefined;
  const reading = readStdin(context);
  if (kind === 'socket') {
    const silence = Symbol('silence');
    let timer: NodeJS.Timeout | undefined;
    const waited = new Promise<typeof silence>((resolve) => {
      timer = setTimeout(() => resolve(silence), SOCKET_SILENCE_MS);
    });
    const first = await Promise.race([reading, waited]);
    clearTimeout(timer);
    if (first === silence) {
      reading.catch(() => undefined);
      context.stdin.stream.destroy?.();
      await note(context, 'Nothing came on standard input; no data is sent (`-f -` waits for it).');
      return undefined;
    }
  }
  const data = await reading;
  return data.length ? data : undefined;
}
