import { appendFile, mkdtemp, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BuildLogs } from './build-logs.ts';

const LIMIT = 2000;

describe('BuildLogs', () => {
  let folder: string;
  let logs: BuildLogs;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'plat-logs-'));
    logs = new BuildLogs({ folder, limitBytes: LIMIT, redact: (text) => text.replaceAll('secret', '***') });
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  async function texts(options: { isOver?: () => boolean; signal?: AbortSignal } = {}): Promise<string[]> {
    const found: string[] = [];
    const { isOver = () => true, signal = new AbortController().signal } = options;
    for await (const line of logs.read('fn', 1, { isOver, signal })) found.push(line.text);
    return found;
  }

  it('keeps lines in order, without secrets', async () => {
    const log = await logs.open('fn', 1);
    for (let i = 0; i < 5; i++) log.line('deps', `line ${i} secret`);
    await log.close();
    expect(await texts()).toEqual([0, 1, 2, 3, 4].map((i) => `line ${i} ***`));
  });

  it('cuts off what is over the limit, says so once, and still takes notes', async () => {
    const log = await logs.open('fn', 1);
    for (let i = 0; i < 200; i++) log.line('deps', `line ${i} ${'x'.repeat(50)}`);
    log.note('build', 'Failed: reason');
    await log.close();
    const found = await texts();
    expect(found.filter((text) => text.startsWith('The log is cut here'))).toHaveLength(1);
    expect(found.at(-1)).toBe('Failed: reason');
    expect((await stat(path.join(folder, 'fn', '1.ndjson'))).size).toBeLessThan(LIMIT + 500);
  });

  it('cuts a line that is too long', async () => {
    logs = new BuildLogs({ folder, limitBytes: 1_000_000, redact: (text) => text });
    const log = await logs.open('fn', 1);
    log.line('deps', 'x'.repeat(100_000));
    await log.close();
    expect((await texts())[0]).toMatch(/^x{4096} … \(line cut\)$/);
  });

  it('goes on behind a line that a killed process left unfinished', async () => {
    const first = await logs.open('fn', 1);
    first.line('deps', 'whole');
    await first.close();
    await appendFile(path.join(folder, 'fn', '1.ndjson'), '{"at":"2026');
    const second = await logs.open('fn', 1);
    second.line('deps', 'after');
    await second.close();
    expect(await texts()).toEqual(['whole', 'after']);
  });

  it('gives followers every line that was written before it was over', async () => {
    let isOver = false;
    const readers = [texts({ isOver: () => isOver }), texts({ isOver: () => isOver })];
    const log = await logs.open('fn', 1);
    log.line('deps', 'one ü');
    await new Promise((resolve) => setTimeout(resolve, 20));
    log.line('deps', 'two');
    await log.close();
    isOver = true;
    logs.wake('fn', 1);
    expect(await Promise.all(readers)).toEqual([
      ['one ü', 'two'],
      ['one ü', 'two'],
    ]);
  });

  it('lets a follower go when it is told to', async () => {
    const leaving = new AbortController();
    const reader = texts({ isOver: () => false, signal: leaving.signal });
    leaving.abort();
    expect(await reader).toEqual([]);
  });

  it('does not take a function id for a path', async () => {
    await expect(logs.open('../../etc', 1)).rejects.toMatchObject({ code: 'not_found' });
    await expect(logs.deleteAll('..')).rejects.toMatchObject({ code: 'not_found' });
  });

  it('deletes all logs of a function', async () => {
    await (await logs.open('fn', 1)).close();
    expect(await logs.functionIds()).toEqual(['fn']);
    await logs.deleteAll('fn');
    expect(await logs.functionIds()).toEqual([]);
  });
});
