import { describe, expect, it } from 'vitest';
import { isHealthy, judgeProbe } from './judge-probe.ts';

const answer = (status: number, body?: unknown) => ({ kind: 'answer', status, body }) as const;

describe('judgeProbe()', () => {
  it('takes a handler’s word, and nothing less', () => {
    expect(judgeProbe('handler', answer(200))).toEqual({ state: 'ready' });
    expect(judgeProbe('handler', answer(503, { status: 'failed', reason: 'no' }))).toEqual({
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
      expect(judgeProbe('handler', result)).toEqual({ state: 'again' });
  });

  it('takes any sign of life from a user’s own server', () => {
    for (const result of [answer(200), answer(404), { kind: 'accepted' }] as const)
      expect(judgeProbe('http', result)).toEqual({ state: 'ready' });
    for (const result of [answer(502), { kind: 'refused' }] as const)
      expect(judgeProbe('script', result)).toEqual({ state: 'again' });
  });
});

describe('isHealthy()', () => {
  it('wants 200 from a handler and any answer from another server', () => {
    expect(isHealthy('handler', answer(200))).toBe(true);
    expect(isHealthy('handler', answer(503))).toBe(false);
    expect(isHealthy('http', answer(404))).toBe(true);
    expect(isHealthy('http', { kind: 'refused' })).toBe(false);
  });
});
