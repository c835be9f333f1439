import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { LogQuery } from '@plat/platform-kit/clients/controller-client.ts';
import type { LogLine } from '@plat/platform-kit/domain.ts';
import { poll } from '@plat/platform-kit/waiting.ts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FakeInstanceHost } from './testing/fake-instance-host.ts';
import { followFunctionLogs, readFunctionLogs } from './function-logs.ts';
import { instanceSpec } from './instance-spec.ts';
import { KeptLogs } from './kept-logs.ts';
import { ReplayFilter } from './replay-filter.ts';
import { versionRecord } from './testing/test-records.ts';

const never = new AbortController().signal;
let folder: string;
let host: FakeInstanceHost;
let keptLogs: KeptLogs;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'plat-logs-'));
  host = new FakeInstanceHost();
  keptLogs = new KeptLogs(folder);
});
afterEach(() => rm(folder, { recursive: true }));

const begin = async (number = 1) => {
  const id = await host.start(instanceSpec(versionRecord({ number }), { pids: 1, tmpMb: 1 }));
  host.instances.get(id)!.lines = [];
  return id;
};
const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();
const read = async (query: LogQuery = {}) =>
  (await readFunctionLogs({ host, keptLogs }, 'f1', query, never)).map((line) => line.text);

describe('readFunctionLogs()', () => {
  test('merges what instances print and what those printed that are gone, in order of time', async () => {
    const [a, b] = [await begin(), await begin(2)];
    host.print(a, 'second', { at: at(2) });
    host.print(b, 'first', { at: at(1) });
    host.print(b, 'fourth', { at: at(4) });
    const gone: LogLine = {
      at: at(3),
      instance: 'gone',
      version: 1,
      stream: 'stdout',
      requestId: null,
      text: 'third',
    };
    await keptLogs.keep('f1', 'gone', [gone] as never);
    expect(await read()).toEqual(['first', 'second', 'third', 'fourth']);
    expect(await read({ tail: 2 })).toEqual(['third', 'fourth']);
    expect(await read({ tail: 0 })).toEqual([]);
    expect(await read({ version: 2 })).toEqual(['first', 'fourth']);
    expect(await read({ since: at(3) })).toEqual(['third', 'fourth']);
  });

  test('a search looks through all that was printed, and `tail` counts what it found', async () => {
    const a = await begin();
    for (let i = 0; i < 50; i++) host.print(a, i % 10 === 3 ? `Error ${i}` : `line ${i}`, { at: at(i) });
    expect(await read({ q: 'eRRor', tail: 2 })).toEqual(['Error 33', 'Error 43']);
    expect(await read({ q: 'error', until: at(20) })).toEqual(['Error 3', 'Error 13']);
    expect(await read({ stream: 'stderr' })).toEqual([]);
    expect(await read({ instance: a.slice(0, 6), q: '43' })).toEqual(['Error 43']);
    expect(await read({ instance: 'other' })).toEqual([]);
  });

  test('a log that is kept already while its instance is still there is not read twice', async () => {
    const a = await begin();
    host.print(a, 'once', { at: at(1) });
    await keptLogs.keep('f1', `${a}-name`, host.logs(a, {}, never));
    expect(await read()).toEqual(['once']);
  });
});

describe('followFunctionLogs()', () => {
  async function follow(query: LogQuery, during: (seen: string[], until: (count: number) => Promise<void>) => Promise<void>): Promise<string[]> {
    const stop = new AbortController();
    const seen: string[] = [];
    const following = followFunctionLogs({ host, keptLogs }, 'f1', query, {
      signal: stop.signal,
      onLine: async (line) => void seen.push(line.text),
    });
    await during(seen, async (count) => {
      await poll(async () => (seen.length >= count ? true : undefined), { intervalMs: 5, timeoutMs: 5000 });
    });
    await new Promise((resolve) => setTimeout(resolve, 30));
    stop.abort();
    await following;
    return seen;
  } // prettier-ignore

  test('goes on with the lines that come, without a gap and without a line twice', async () => {
    const a = await begin();
    host.print(a, 'old 1', { at: at(1) });
    host.print(a, 'old 2', { at: at(1) });
    const seen = await follow({}, async (_seen, until) => {
      await until(2);
      host.print(a, 'old 2', { at: at(1) });
      host.print(a, 'new', { at: at(2) });
      await until(4);
    });
    expect(seen).toEqual(['old 1', 'old 2', 'old 2', 'new']);
  });

  test('goes on when the instance is started again, with lines of the same millisecond', async () => {
    const a = await begin();
    const seen = await follow({}, async (_seen, until) => {
      const now = new Date(Date.now() + 1000).toISOString();
      await new Promise((resolve) => setTimeout(resolve, 20));
      host.print(a, 'before', { at: now });
      await until(1);
      host.instances.get(a)!.status = 'restarting';
      await new Promise((resolve) => setTimeout(resolve, 50));
      host.instances.get(a)!.status = 'running';
      host.print(a, 'after', { at: now });
      await until(2);
      await new Promise((resolve) => setTimeout(resolve, 600));
    });
    expect(seen).toEqual(['before', 'after']);
  });

  test('goes on with instances that start later, and obeys tail for what was before', async () => {
    const a = await begin();
    for (let i = 0; i < 5; i++) host.print(a, `old ${i}`, { at: at(i) });
    const seen = await follow({ tail: 1 }, async (_seen, until) => {
      await until(1);
      const b = await begin(2);
      host.print(b, 'of the second');
      await until(2);
    });
    expect(seen).toEqual(['old 4', 'of the second']);
  });

  test('with tail 0 shows nothing of what was before', async () => {
    const a = await begin();
    host.print(a, 'old', { at: at(1) });
    const seen = await follow({ tail: 0 }, async (_seen, until) => {
      await new Promise((resolve) => setTimeout(resolve, 50));
      host.print(a, 'new');
      await until(1);
    });
    expect(seen).toEqual(['new']);
  });
});

test('ReplayFilter lets equal lines of one millisecond through as often as they were printed', () => {
  const line = (text: string, second: number): LogLine => ({ at: at(second), instance: 'i', version: 1, stream: 'stdout', requestId: null, text }); // prettier-ignore
  const filter = new ReplayFilter(at(0));
  const pass = (...lines: LogLine[]) => lines.filter((one) => filter.isNew(one)).map((one) => one.text);
  expect(pass(line('a', 1), line('x', 2), line('x', 2), line('y', 2))).toEqual(['a', 'x', 'x', 'y']);
  expect(filter.since).toBe(at(2));
  filter.restart();
  expect(pass(line('a', 1), line('x', 2), line('x', 2), line('y', 2), line('x', 2), line('z', 3))).toEqual([
    'x',
    'z',
  ]);
  filter.restart();
  expect(pass(line('y', 2), line('z', 3), line('z', 3))).toEqual(['z']);
});
