import { expect, test } from 'vitest';
import {
  durationMs,
  formatBytes,
  formatDuration,
  memoryMb,
  parseDurationMs,
  parseSizeBytes,
} from './units.ts';

test.each([['500ms', 500], ['30s', 30_000], ['1.5s', 1500], ['5m', 300_000], ['2h', 7_200_000], ['7d', 604_800_000], [' 3 s ', 3000]])(
  'parseDurationMs(%j) is %d', (text, ms) => expect(parseDurationMs(text)).toBe(ms),
); // prettier-ignore

test.each(['', '5', 's', '-5s', '5 weeks', '1e3s', 'soon', '5S'])(
  'parseDurationMs(%j) is no duration',
  (text) => {
    expect(parseDurationMs(text)).toBeUndefined();
  },
);

test.each([['512', 512], ['512b', 512], ['64k', 65_536], ['128MB', 134_217_728], ['128Mi', 134_217_728], ['1GiB', 1_073_741_824], ['0.5g', 536_870_912]])(
  'parseSizeBytes(%j) is %d', (text, bytes) => expect(parseSizeBytes(text)).toBe(bytes),
); // prettier-ignore

test.each(['', 'MB', 'lots', '-1MB', '1TB', '1 M B'])('parseSizeBytes(%j) is no size', (text) => {
  expect(parseSizeBytes(text)).toBeUndefined();
});

test('durationMs() takes a number for seconds and holds the limits', () => {
  const schema = durationMs({ minMs: 100, maxMs: 60_000 });
  expect(schema.parse('30s')).toBe(30_000);
  expect(schema.parse(2)).toBe(2000);
  expect(schema.safeParse('2m').error!.issues[0]!.message).toBe('expected a duration from 100ms to 1m');
  expect(schema.safeParse('soon').error!.issues[0]!.message).toContain('expected a duration such as');
  expect(schema.safeParse(null).error!.issues[0]!.message).toContain('expected a duration such as');
  expect(schema.safeParse(-1).success).toBe(false);
});

test('memoryMb() takes a number for MiB, wants a unit in text, and holds the limits', () => {
  const schema = memoryMb({ minMb: 32, maxMb: 1024 });
  expect(schema.parse('128MB')).toBe(128);
  expect(schema.parse('0.5GB')).toBe(512);
  expect(schema.parse(64)).toBe(64);
  for (const bad of ['lots', '128', '31MB', '2GB', '33000KB', 12.5, NaN, null]) {
    const message = schema.safeParse(bad).error!.issues[0]!.message;
    expect(message).toBe('expected a size from 32MB to 1024MB, such as "128MB" or "1GB"');
  }
});

test.each([[0, '0ms'], [12.34, '12.3ms'], [1500, '1.5s'], [60_000, '1m'], [90_000, '90s'], [7_200_000, '2h'], [86_400_000, '1d']])(
  'formatDuration(%d) is %s', (ms, text) => expect(formatDuration(ms)).toBe(text),
); // prettier-ignore

test.each([[0, '0 B'], [1023, '1023 B'], [1536, '1.5 KiB'], [134_217_728, '128 MiB'], [5 * 1024 ** 4, '5 TiB']])(
  'formatBytes(%d) is %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text),
); // prettier-ignore
