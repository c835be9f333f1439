import { expect, test } from 'vitest';
import { readConfig } from './config.ts';

const INTERNAL = { INTERNAL_TOKEN: 'an-internal-token' };

test('readConfig() takes dev-token as the default on loopback', () => {
  expect(readConfig(INTERNAL)).toMatchObject({
    HOST: '127.0.0.1',
    PORT: 8080,
    AUTH_TOKEN: 'dev-token',
    CORS_ORIGINS: [],
  });
});

test.each(['127.0.0.2', '::1', 'localhost'])('readConfig() counts %s as loopback', (HOST) => {
  expect(readConfig({ ...INTERNAL, HOST }).AUTH_TOKEN).toBe('dev-token');
});

test.each(['0.0.0.0', '::', '192.168.1.4', 'plat.example.com'])(
  'readConfig() refuses HOST=%s until AUTH_TOKEN is set to something else, and says what to do',
  (HOST) => {
    expect(() => readConfig({ ...INTERNAL, HOST })).toThrow(
      /AUTH_TOKEN.*set AUTH_TOKEN to a secret of your own/,
    );
    expect(() => readConfig({ ...INTERNAL, HOST, AUTH_TOKEN: 'dev-token' })).toThrow(/AUTH_TOKEN/);
    expect(readConfig({ ...INTERNAL, HOST, AUTH_TOKEN: 'a-good-secret' }).HOST).toBe(HOST);
  },
);

test('readConfig() judges a gateway in a container by the address its port is published on', () => {
  const inContainer = { ...INTERNAL, HOST: '0.0.0.0' };
  expect(readConfig({ ...inContainer, PUBLISHED_ADDRESS: '127.0.0.1' }).AUTH_TOKEN).toBe('dev-token');
  expect(() => readConfig({ ...inContainer, PUBLISHED_ADDRESS: '0.0.0.0' })).toThrow(
    /PUBLISHED_ADDRESS=0\.0\.0\.0.*set AUTH_TOKEN/,
  );
});

test('readConfig() refuses an AUTH_TOKEN of fewer than 8 characters without repeating it', () => {
  const attempt = () => readConfig({ ...INTERNAL, AUTH_TOKEN: 'sesame' });
  expect(attempt).toThrow(/at least 8 characters/);
  expect(attempt).not.toThrow(/sesame/);
});

test.each(['example.com', 'https://example.com/', 'https://a.com,b'])(
  'readConfig() refuses CORS_ORIGINS=%s',
  (value) => {
    expect(() => readConfig({ ...INTERNAL, CORS_ORIGINS: value })).toThrow(/CORS_ORIGINS: expected origins/);
  },
);

test('readConfig() reads a list of origins and drops a final slash of PUBLIC_URL', () => {
  const config = readConfig({
    ...INTERNAL,
    CORS_ORIGINS: 'https://a.com, http://b.com:3000',
    PUBLIC_URL: 'https://plat.example.com/',
  });
  expect(config.CORS_ORIGINS).toEqual(['https://a.com', 'http://b.com:3000']);
  expect(config.PUBLIC_URL).toBe('https://plat.example.com');
});
