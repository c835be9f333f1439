import { PlatformError } from '@plat/platform-kit/errors.ts';
import type { ServerSentEvent } from '@plat/platform-kit/sse.ts';
import { describe, expect, it } from 'vitest';
import { CliError } from './cli-error.ts';
import { buildLogLine, versionRecord } from './testing/fake-gateway.ts';
import { watchVersion } from './watch-version.ts';

type Stream = (ServerSentEvent | Error)[];

const READY: ServerSentEvent = { event: 'end', data: versionRecord({ state: 'ready' }) };
const BUILDING: ServerSentEvent = { event: 'state', data: versionRecord({ state: 'building' }) };
const log = (text: string): ServerSentEvent => ({ event: 'log', data: buildLogLine(text) });

function watch(streams: Stream[], more: { timeoutMs?: number; signal?: AbortSignal } = {}) {
  const states: string[] = [];
  const lines: string[] = [];
  let opened = 0;
  const done = watchVersion({
    open: async function* () {
      for (const item of streams[Math.min(opened++, streams.length - 1)]!) {
        if (item instanceof Error) throw item;
        yield item;
      }
    },
    onState: (version) => void states.push(version.state),
    onLog: (line) => void lines.push(line.text),
    timeoutMs: more.timeoutMs ?? 10_000,
    signal: more.signal ?? new AbortController().signal,
    backoff: () => 0,
  });
  return { done, states, lines, opened: () => opened };
}

describe('watchVersion()', () => {
  it('tells states and log lines and ends with the terminal version', async () => {
    const watched = watch([[BUILDING, log('a'), READY]]);
    expect((await watched.done).state).toBe('ready');
    expect(watched).toMatchObject({ states: ['building', 'ready'], lines: ['a'] });
  });

  it('waits for the rest of the log of a build that failed, but not for ever', async () => {
    const failed = { data: versionRecord({ state: 'failed' }) };
    const watched = watch([[{ event: 'state', ...failed }, log('why'), { event: 'end', ...failed }]]);
    expect((await watched.done).state).toBe('failed');
    expect(watched.lines).toEqual(['why']);
    const silent = watchVersion({
      open: async function* (signal) {
        yield { event: 'state', ...failed };
        await new Promise((_, reject) =>
          signal.addEventListener('abort', () => reject(new Error('aborted'))),
        );
      },
      onState: () => undefined,
      onLog: () => undefined,
      timeoutMs: 10_000,
      logTailMs: 1,
      signal: new AbortController().signal,
    });
    expect((await silent).state).toBe('failed');
  });

  it('ends on a terminal state too, for a deploy that was over before it was watched', async () => {
    expect((await watch([[{ event: 'state', data: versionRecord({ state: 'failed' }) }]]).done).state).toBe(
      'failed',
    );
  });

  it('opens the stream again when it ends or breaks, and repeats no line', async () => {
    const cut = new CliError('network', 'cut');
    const watched = watch([
      [log('a'), log('a'), cut],
      [log('a'), log('a'), log('b')],
      [log('b'), log('c'), READY],
    ]);
    await watched.done;
    expect(watched.lines).toEqual(['a', 'a', 'b', 'c']);
    expect(watched.opened()).toBe(3);
  });

  it('gives up after a few failures in a row, but a stream that gets on does not count', async () => {
    const dead = watch([[new CliError('network', 'nothing there')]]);
    await expect(dead.done).rejects.toThrow('nothing there');
    expect(dead.opened()).toBe(9);
    const empty = watch([[]]);
    await expect(empty.done).rejects.toThrow('again and again');
    const alive = watch([...Array.from({ length: 20 }, (_, i): Stream => [log(`line ${i}`)]), [READY]]);
    expect((await alive.done).state).toBe('ready');
  });

  it('does not try again after an error that stays', async () => {
    const watched = watch([[new PlatformError('not_found', 'gone')]]);
    await expect(watched.done).rejects.toThrow('gone');
    expect(watched.opened()).toBe(1);
  });

  it('rejects at once when the signal aborts', async () => {
    const stop = new AbortController();
    stop.abort(new Error('stopped'));
    await expect(watch([[BUILDING]], { signal: stop.signal }).done).rejects.toThrow('stopped');
  });
});
