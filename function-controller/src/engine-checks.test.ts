import { describe, expect, it } from 'vitest';
import { judgeClock, judgeIsolation, judgeLimits, judgeVersion, type EngineFacts } from './engine-checks.ts';

const GOOD: EngineFacts = {
  Driver: 'overlay2',
  MemoryLimit: true,
  SwapLimit: true,
  CpuCfsQuota: true,
  PidsLimit: true,
  SecurityOptions: ['name=apparmor', 'name=seccomp,profile=builtin'],
};

describe('what an engine can do', () => {
  it('is fine when it has all of it', () => {
    const verdicts = [judgeVersion(GOOD, '1.45'), judgeLimits(GOOD), judgeIsolation(GOOD)].map(
      ({ verdict }) => verdict,
    );
    expect(verdicts).toEqual(['ok', 'ok', 'ok']);
  });

  it('fails without a limit, and only warns without swap accounting', () => {
    expect(judgeLimits({ ...GOOD, SwapLimit: false })).toMatchObject({ verdict: 'warn' });
    expect(judgeLimits({ ...GOOD, MemoryLimit: false })).toMatchObject({ verdict: 'fail' });
    expect(judgeLimits({ ...GOOD, PidsLimit: false }).evidence).toContain('not limited: processes');
  });

  it('warns of missing seccomp and of vfs, and fails on an API that is too old', () => {
    expect(judgeIsolation({ ...GOOD, SecurityOptions: ['name=apparmor'] })).toMatchObject({
      verdict: 'warn',
    });
    expect(judgeVersion({ ...GOOD, Driver: 'vfs' }, '1.45')).toMatchObject({ verdict: 'warn' });
    expect(judgeVersion(GOOD, '1.40')).toMatchObject({ verdict: 'fail' });
  });
});

describe('judgeClock()', () => {
  it.each([
    [1000, 'ok'],
    [-2000, 'ok'],
    [10_000, 'warn'],
    [-3_600_000, 'fail'],
  ])('a skew of %d ms is %s', (skew, verdict) => {
    expect(judgeClock(5_000_000 + skew, 5_000_500).verdict).toBe(verdict);
  });

  it('is skipped when the engine does not tell', () => {
    expect(judgeClock(null, 0).verdict).toBe('skip');
  });
});
