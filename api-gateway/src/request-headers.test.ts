import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { believeForwarding, stripControlHeaders } from './request-headers.ts';

function request(headers: Record<string, string>): IncomingMessage {
  return {
    headers: { ...headers },
    rawHeaders: Object.entries(headers).flat(),
  } as unknown as IncomingMessage;
}

describe('believeForwarding()', () => {
  const claims = {
    'x-forwarded-for': '6.6.6.6, 10.0.0.9',
    'x-forwarded-host': 'evil',
    x_forwarded_for: '6.6.6.6',
    forwarded: 'for=6.6.6.6',
  };

  it('takes every claim off when no proxy is trusted', () => {
    const req = request({ ...claims, accept: '*/*' });
    believeForwarding(req, 0);
    expect(req.headers).toEqual({ accept: '*/*' });
    expect(req.rawHeaders).toEqual(['accept', '*/*']);
  });

  it('keeps of the chain what the trusted proxies wrote', () => {
    const req = request(claims);
    believeForwarding(req, 1);
    expect(req.headers).toEqual({ 'x-forwarded-for': '10.0.0.9', 'x-forwarded-host': 'evil' });
  });
});

describe('stripControlHeaders()', () => {
  it('takes off x-plat-* in every spelling', () => {
    const req = request({ 'x-plat-event': 'direct', x_plat_trigger: 'api', 'x-platform': 'kept' });
    stripControlHeaders(req);
    expect(req.headers).toEqual({ 'x-platform': 'kept' });
  });
});
