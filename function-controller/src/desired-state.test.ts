import { describe, expect, test } from 'vitest';
import { desiredState, untilRestMs, type DesiredInput, type VersionUse } from './desired-state.ts';
import { alias, functionRecord, versionRecord } from './testing/test-records.ts';

const NOW = 1_000_000_000;
const idle: VersionUse = { lastUsedAtMs: null, busy: false, hasInstance: false };
const used = (agoMs: number): VersionUse => ({ ...idle, lastUsedAtMs: NOW - agoMs });
const desire = (over: Partial<DesiredInput>) =>
  desiredState({
    record: functionRecord({ versions: [versionRecord()], aliases: [alias('live', [1, 100])] }),
    called: [],
    use: () => idle,
    scaleOf: () => 1,
    specOf: () => 's',
    mayStart: () => true,
    startingSinceMs: () => NOW,
    nowMs: NOW,
    readyTimeoutMs: 60_000,
    proxyAnswers: true,
    isCrowded: () => false,
    recordIsCurrent: true,
    ...over,
  });
const counts = (over: Partial<DesiredInput>) =>
  Object.fromEntries(desire(over).versions.map((version) => [version.number, version.count]));

describe('desiredState()', () => {
  test('wants nothing of a function that is gone', () => {
    expect(desire({ record: undefined })).toEqual({ versions: [] });
  });

  test('keeps one instance of a live version for its idle time after it was used, and none afterwards', () => {
    expect(counts({ use: () => used(59_999) })).toEqual({ 1: 1 });
    expect(counts({ use: () => used(60_000) })).toEqual({ 1: 0 });
    expect(counts({ use: () => idle })).toEqual({ 1: 0 });
    expect(counts({ use: () => ({ ...used(999_999), busy: true }) })).toEqual({ 1: 1 });
  });

  test('always keeps scale.min of what an alias names', () => {
    const record = functionRecord({
      versions: [versionRecord({ config: { scale: { min: 3 } } })],
      aliases: [alias('live', [1, 100])],
    });
    expect(counts({ record })).toEqual({ 1: 3 });
  });

  test('wants every version that an alias gives weight, and not one with weight 0', () => {
    const record = functionRecord({
      versions: [1, 2, 3].map((number) => versionRecord({ number })),
      aliases: [alias('live', [1, 90], [2, 10], [3, 0])],
    });
    expect(counts({ record, use: () => used(0) })).toEqual({ 1: 1, 2: 1, 3: 0 });
  });

  test('keeps a version that was called by number, while it is used, and never its scale.min', () => {
    const called = [versionRecord({ number: 5, config: { scale: { min: 4, idleMs: 1000 } } })];
    expect(counts({ called, use: () => used(0) })).toEqual({ 1: 1, 5: 1 });
    expect(counts({ called, use: () => used(5000) })).toEqual({ 1: 1, 5: 0 });
  });

  test('wants as many as the calls need while it is used, and says how the others rest', () => {
    const scaled = { scaleOf: () => 4 };
    expect(counts({ ...scaled, use: () => used(0) })).toEqual({ 1: 4 });
    expect(counts({ ...scaled, use: () => idle })).toEqual({ 1: 0 });
    const scale = { min: 1, pauseAfterMs: 1000, stopAfterMs: 3000, idleMs: 10_000 };
    const record = functionRecord({
      versions: [versionRecord({ config: { scale } })],
      aliases: [alias('live', [1, 100])],
    });
    const rest = { how: 'pause', stopAfterMs: 2000, removeAfterMs: 9000 };
    expect(desire({ ...scaled, record, use: () => used(999) }).versions).toMatchObject([{ count: 4, rest }]);
    expect(desire({ ...scaled, record, use: () => used(1000) }).versions).toMatchObject([{ count: 1, rest }]);
  });

  test.each([
    [
      { pauseAfterMs: 10, stopAfterMs: 10, idleMs: 30 },
      { how: 'stop', stopAfterMs: 0, removeAfterMs: 20 },
    ],
    [{ pauseAfterMs: 30, stopAfterMs: 40, idleMs: 30 }, undefined],
    [
      { pauseAfterMs: 10, stopAfterMs: 99, idleMs: 30 },
      { how: 'pause', stopAfterMs: 89, removeAfterMs: 20 },
    ],
  ])('of %j the rungs are %j', (scale, rest) => {
    const record = functionRecord({
      versions: [versionRecord({ config: { scale } })],
      aliases: [alias('live', [1, 100])],
    });
    expect(desire({ record }).versions[0]!.rest).toEqual(rest);
  });

  test('wants nothing of a stopped function but the candidate that is being deployed', () => {
    const record = functionRecord({
      state: 'stopped',
      versions: [
        versionRecord({ config: { scale: { min: 2, idleMs: 1 } } }),
        versionRecord({ number: 2, state: 'starting' }),
      ],
      aliases: [alias('live', [1, 100])],
    });
    expect(desire({ record, use: () => used(0) }).versions).toMatchObject([
      { number: 1, role: 'serving', count: 0 },
      { number: 2, role: 'candidate', count: 1 },
    ]);
  });

  test('wants nothing of versions that are not built, failed or cancelled', () => {
    const versions = (['pending', 'building', 'failed', 'cancelled'] as const).map((state, i) => versionRecord({ number: i + 1, state }));
    expect(desire({ record: functionRecord({ versions }) }).versions).toEqual([]);
  }); // prettier-ignore

  test('says that a candidate is overdue, and whether anybody watched', () => {
    const record = functionRecord({ versions: [versionRecord({ state: 'starting', config: { scale: { min: 2, idleMs: 1 } } })] }); // prettier-ignore
    const late = { record, startingSinceMs: () => NOW - 60_001 };
    expect(desire({ record }).versions[0]).toEqual({ number: 1, role: 'candidate', count: 2, spec: 's', mayStart: true }); // prettier-ignore
    expect(desire(late).versions[0]!.overdue).toBe('silent');
    expect(desire({ ...late, proxyAnswers: false }).versions[0]!.overdue).toBe('unwatched');
  });

  test('asks to leave unknown versions alone while the record may be old', () => {
    expect(desire({ recordIsCurrent: false }).keepUnknown).toBe(true);
    expect(desire({}).keepUnknown).toBeUndefined();
  });
});

test('untilRestMs() is endless while busy, and over when it was never used', () => {
  const version = versionRecord();
  expect(untilRestMs(version, { ...used(0), busy: true }, NOW)).toBe(Infinity);
  expect(untilRestMs(version, idle, NOW)).toBe(0);
  expect(untilRestMs(version, used(10_000), NOW)).toBe(50_000);
});
