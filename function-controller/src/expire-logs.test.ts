import { mkdtemp, readdir, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { LogLine } from '@plat/platform-kit/domain.ts';
import { silentLogger } from '@plat/platform-kit/logging.ts';
import { expect, test } from 'vitest';
import { expireLogs } from './expire-logs.ts';
import { KeptLogs } from './kept-logs.ts';

const line: LogLine = { at: '2026-01-01T00:00:00.000Z', instance: 'i', version: 1, stream: 'stdout', requestId: null, text: 'x' }; // prettier-ignore
async function* one() {
  yield await Promise.resolve(line);
}

test('logs that become too old while nobody prints anything are removed', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'plat-expire-'));
  const logs = new KeptLogs(folder, { keepMs: 60_000 });
  await logs.keep('f1', 'i1', one());
  await logs.keep('f2', 'i2', one());
  const stop = new AbortController();
  const running = expireLogs(logs, { logger: silentLogger(), everyMs: 2 }, stop.signal);
  expect(await readdir(path.join(folder, 'f1'))).toEqual(['i1.ndjson']);
  await utimes(path.join(folder, 'f1/i1.ndjson'), 0, 0);
  await expect.poll(() => readdir(path.join(folder, 'f1'))).toEqual([]);
  expect(await readdir(path.join(folder, 'f2'))).toEqual(['i2.ndjson']);
  stop.abort();
  await running;
  await rm(folder, { recursive: true });
});

test('a pass that fails is said, and does not end it', async () => {
  const stop = new AbortController();
  let passes = 0;
  const logs = {
    expire: async () => {
      if (++passes === 3) stop.abort();
      await Promise.reject(new Error('The disk is away.'));
    },
  };
  await expireLogs(logs, { logger: silentLogger(), everyMs: 1 }, stop.signal);
  expect(passes).toBe(3);
});
