import { appendFile, mkdtemp, readdir, rm, stat, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { LogQuery } from '@plat/platform-kit/clients/controller-client.ts';
import type { LogLine } from '@plat/platform-kit/domain.ts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { KeptLogs } from './kept-logs.ts';

let folder: string;
let logs: KeptLogs;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'plat-kept-'));
  logs = new KeptLogs(path.join(folder, 'logs'));
});
afterEach(() => rm(folder, { recursive: true }));

const line = (text: string, over: Partial<LogLine> = {}): LogLine => ({ at: '2026-01-01T00:00:00.000Z', instance: 'i1', version: 1, stream: 'stdout', requestId: null, text, ...over }); // prettier-ignore
async function* from(...lines: LogLine[]) {
  yield* lines;
}
async function read(functionId: string, query: LogQuery = {}): Promise<string[]> {
  const texts = [];
  for await (const { text } of logs.read(functionId, query)) texts.push(text);
  return texts;
}

test('lines are kept as they are, by function, and forgotten with it', async () => {
  await logs.keep('f1', 'i1', from(line('a\n\u2028ü'), line('b')));
  await logs.keep('f2', 'i1', from(line('c')));
  expect(await read('f1')).toEqual(['a\n\u2028ü', 'b']);
  expect((await logs.functionIds()).sort()).toEqual(['f1', 'f2']);
  await logs.forget('f1');
  await logs.forget('f1');
  expect(await read('f1')).toEqual([]);
  expect(await read('f2')).toEqual(['c']);
});

test('keeping the same instance again replaces what was kept', async () => {
  await logs.keep('f1', 'i1', from(line('a')));
  await logs.keep('f1', 'i1', from(line('a'), line('b')));
  expect(await read('f1')).toEqual(['a', 'b']);
});

test('lines that are too old are not shown, and go with the next that is kept, or when the service starts', async () => {
  const young = new KeptLogs(path.join(folder, 'logs'), { keepMs: 60_000 });
  const now = new Date().toISOString();
  await logs.keep('f1', 'old', from(line('a')));
  await young.keep('f1', 'i1', from(line('b'), line('c', { at: now })));
  const texts = [];
  for await (const { text } of young.read('f1', {})) texts.push(text);
  expect(texts).toEqual(['c']);
  await utimes(path.join(folder, 'logs/f1/old.ndjson'), 0, 0);
  await young.expire();
  expect(await readdir(path.join(folder, 'logs/f1'))).toEqual(['i1.ndjson']);
});

test('an instance that printed nothing leaves no file', async () => {
  await logs.keep('f1', 'i1', from());
  expect(await logs.functionIds()).toEqual([]);
});

test('of a long log the last lines are kept, of many instances the last twenty', async () => {
  const lines = Array.from({ length: 200 }, (_, i) => line(`${i} ${'ü'.repeat(20_000)}`));
  await logs.keep('f1', 'i00', from(...lines));
  const kept = await read('f1');
  expect(kept.at(-1)).toBe(lines.at(-1)!.text);
  const size = (await stat(path.join(folder, 'logs/f1/i00.ndjson'))).size;
  expect(size).toBeLessThanOrEqual(4 * 1024 * 1024);
  expect(size).toBeGreaterThan(3 * 1024 * 1024);
  expect(kept[0]).toContain('[cut: earlier lines were not kept]');
  for (let i = 1; i <= 25; i++) await logs.keep('f1', `i${String(i).padStart(2, '0')}`, from(line(`l${i}`)));
  expect(await read('f1')).toEqual(Array.from({ length: 20 }, (_, i) => `l${i + 6}`));
});

test('a query is obeyed', async () => {
  await logs.keep('f1', 'i1', from(line('old'), line('new', { at: '2026-02-01T00:00:00.000Z', requestId: 'r', version: 2 })));
  expect(await read('f1', { since: '2026-01-15T00:00:00.000Z' })).toEqual(['new']);
  expect(await read('f1', { requestId: 'r' })).toEqual(['new']);
  expect(await read('f1', { version: 1 })).toEqual(['old']);
}); // prettier-ignore

test('a row that was cut off by a crash is left out', async () => {
  await logs.keep('f1', 'i1', from(line('a')));
  await appendFile(path.join(folder, 'logs/f1/i1.ndjson'), '{"at":"2026-01-01T0');
  expect(await read('f1')).toEqual(['a']);
});

test('only the owner may read the files', async () => {
  await logs.keep('f1', 'i1', from(line('a')));
  expect((await stat(path.join(folder, 'logs/f1/i1.ndjson'))).mode & 0o777).toBe(0o600);
  expect((await stat(path.join(folder, 'logs/f1'))).mode & 0o777).toBe(0o700);
});

test('an id cannot lead out of the folder', async () => {
  for (const id of ['..', '../x', 'a/b', '', '.']) {
    await expect(logs.forget(id)).rejects.toMatchObject({ code: 'not_found' });
    await expect(read(id)).rejects.toMatchObject({ code: 'not_found' });
    await expect(logs.keep('f1', id, from(line('x')))).rejects.toMatchObject({ code: 'not_found' });
  }
  expect(await readdir(folder)).toEqual(['logs']);
});
