import { describe, expect, it } from 'vitest';
import { stickyCaller } from './sticky-caller.ts';

describe('stickyCaller()', () => {
  it('tells callers apart by the header, and leaves those without one to the weights', () => {
    expect(stickyCaller({ header: 'x-user' }, { 'x-user': 'ada' })).toEqual({ key: 'ada' });
    expect(stickyCaller({ header: 'x-user' }, {})).toBeUndefined();
  });

  it('takes the cookie that came', () => {
    const cookie = 'a=1; plat-route=here; xplat-route=other';
    expect(stickyCaller({ cookie: 'plat-route' }, { cookie })).toEqual({ key: 'here' });
  });

  it('gives a caller without one a cookie that holds nothing about it, and another to the next', () => {
    for (const cookie of [undefined, 'plat-route=', 'xplat-route=x', 'other']) {
      const headers = cookie === undefined ? {} : { cookie };
      const caller = stickyCaller({ cookie: 'plat-route' }, headers)!;
      expect(caller.key).toMatch(/^[\w-]{22}$/);
      expect(caller.setCookie).toBe(`plat-route=${caller.key}; Path=/; HttpOnly; SameSite=Lax`);
      expect(stickyCaller({ cookie: 'plat-route' }, headers)!.key).not.toBe(caller.key);
    }
  });

  it('keeps the cookie to TLS for who came by TLS', () => {
    expect(stickyCaller({ cookie: 'r' }, { 'x-forwarded-proto': 'https' })!.setCookie).toMatch(/; Secure$/);
  });
});
