import { describe, expect, it } from 'vitest';
import { isHealthy, judgeProbe } from './judge-probe.ts';

const answer = (status: number, body?: unknown) => ({ kind: 'answer', status, body }) as const;

describe('judgeProbe()', () => {
  it.each(['handler', 'script'] as const)('takes the word of a %s’s server, and nothing less', (contract) => {
    expect(judgeProbe(contract, answer(200))).toEqual({ state: 'ready' });
    expect(judgeProbe(contract, answer(503, { status: 'failed', reason: 'no' }))).toEqual({
      state: 'failed',
      reason: 'no',
    });
    for (const result of [
      answer(503, { status: 'loading' }),
      answer(404),
      answer(500),
      { kind: 'accepted' },
      { kind: 'refused' },
    ] as const)
      expect(judgeProbe(contract, result)).toEqual({ state: 'again' });
  });

  it('takes any sign of life from a user’s own server', () => {
    for (const result of [answer(200), answer(404), { kind: 'accepted' }] as const)
      expect(judgeProbe('http', result)).toEqual({ state: 'ready' });
    for (const result of [answer(502), { kind: 'refused' }] as const)
      expect(judgeProbe('http', result)).toEqual({ state: 'again' });
  });

  it('believes a user’s server that says it failed', () => {
    expect(judgeProbe('http', answer(503, { status: 'failed', reason: 'no app' }))).toEqual({
      state: 'failed',
      reason: 'no app',
    });
  });
});

describe('isHealthy()', () => {
  it('wants 200 from a handler and any answer from another server', () => {
    expect(isHealthy('handler', answer(200))).toBe(true);
    expect(isHealthy('handler', answer(503))).toBe(false);
    expect(isHealthy('script', answer(503))).toBe(false);
    expect(isHealthy('http', answer(404))).toBe(true);
    expect(isHealthy('http', answer(503))).toBe(true);
    expect(isHealthy('http', answer(503, { status: 'stuck' }))).toBe(false);
    expect(isHealthy('http', { kind: 'refused' })).toBe(false);
  });
});
