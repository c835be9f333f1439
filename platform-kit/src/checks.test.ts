import { describe, expect, it } from 'vitest';
import { judgeDisk } from './check-disk.ts';
import { runChecks, type CheckSpec } from './checks.ts';
import { PlatformError } from './errors.ts';

const ok: CheckSpec = { id: 'a', title: 'A', run: async () => ({ verdict: 'ok', evidence: 'fine' }) };

describe('runChecks()', () => {
  it('answers for each check, in order, with its component', async () => {
    const checks = await runChecks('builder', [ok, { ...ok, id: 'b' }]);
    expect(checks.map(({ id, component, verdict }) => [id, component, verdict])).toEqual([
      ['a', 'builder', 'ok'],
      ['b', 'builder', 'ok'],
    ]);
  });

  it('turns a check that throws into one that failed, with the reason', async () => {
    const broken = { ...ok, run: () => Promise.reject(new PlatformError('unavailable', 'No engine.')) };
    expect((await runChecks('x', [broken, ok])).map(({ verdict }) => verdict)).toEqual(['fail', 'ok']);
    expect((await runChecks('x', [broken]))[0]!.evidence).toBe('It could not be checked: No engine.');
  });

  it('does not wait longer than a check may take', async () => {
    const stuck = { ...ok, timeoutMs: 20, run: () => new Promise<never>(() => undefined) };
    const [check] = await runChecks('x', [stuck]);
    expect(check).toMatchObject({ verdict: 'fail', evidence: expect.stringContaining('0.02 s') as string });
  });

  it('mends only what is wrong, and measures it again', async () => {
    let isBroken = true;
    const mended: string[] = [];
    const run = async () =>
      isBroken
        ? ({ verdict: 'fail', evidence: 'gone' } as const)
        : ({ verdict: 'ok', evidence: 'there' } as const);
    const fix = async () => {
      isBroken = false;
      mended.push('b');
      return 'made again';
    };
    const fine = { ...ok, fix: async () => String(mended.push('a')) };
    expect((await runChecks('x', [fine, { ...ok, run, fix }])).map((check) => check.isFixable)).toEqual([
      false,
      true,
    ]);
    const checks = await runChecks('x', [fine, { ...ok, run, fix }], { fix: true });
    expect(mended).toEqual(['b']);
    expect(checks[1]).toMatchObject({ verdict: 'ok', evidence: 'there', fixed: 'made again' });
    expect(checks[0]!.fixed).toBeNull();
  });

  it('keeps the verdict when mending fails, and says why', async () => {
    const run = async () => ({ verdict: 'warn', evidence: 'Left over.' }) as const;
    const [check] = await runChecks('x', [{ ...ok, run, fix: () => Promise.reject(new Error('busy')) }], {
      fix: true,
    });
    expect(check).toMatchObject({
      verdict: 'warn',
      fixed: null,
      evidence: 'Left over. It could not be mended: busy',
    });
  });
});

describe('judgeDisk()', () => {
  const GIB = 1024 ** 3;
  it.each([
    [10 * GIB, 'ok'],
    [1 * GIB, 'warn'],
    [0.1 * GIB, 'fail'],
  ])('%d bytes free are %s', (free, verdict) => {
    expect(judgeDisk({ folder: '/data', free, total: 20 * GIB }).verdict).toBe(verdict);
  });
});
