import { expect, test } from 'vitest';
import type { FunctionRecord } from '@plat/platform-kit/domain.ts';
import { functionView, needsLatestState } from './function-view.ts';
import { newVersion } from './testing/new-records.ts';

const NOW = '2026-01-01T00:00:00.000Z';
const options = { publicUrl: 'http://localhost:8080', domain: 'platform.test', showEnvironment: true };

function record(change: Partial<FunctionRecord> = {}): FunctionRecord {
  const base = { id: 'f', project: 'shop', name: 'cart', latest: 3 };
  const version = (number: number, state: 'ready' | 'building') => ({
    ...newVersion({ ...base, latest: number }),
    state,
  });
  return {
    ...base,
    state: 'active',
    aliases: [
      {
        name: 'live',
        weights: [
          { version: 1, weight: 10 },
          { version: 2, weight: 90 },
        ],
        updatedAt: NOW,
      },
    ],
    versions: [
      version(1, 'ready'),
      { ...version(2, 'ready'), config: { ...version(2, 'ready').config, memoryMb: 256 } },
      version(3, 'building'),
    ],
    domains: [],
    createdAt: NOW,
    updatedAt: NOW,
    ...change,
  };
}

test('functionView() gives the addresses of a function', () => {
  expect(functionView(record(), options)).toMatchObject({
    url: 'http://localhost:8080/function/shop.cart',
    host: 'shop-cart.platform.test',
    hostUrl: 'http://shop-cart.localhost:8080',
  });
  expect(functionView(record({ project: 'default' }), options).url).toBe(
    'http://localhost:8080/function/cart',
  );
});

test('functionView() uses the domain where the gateway is not reached by a loopback name', () => {
  const view = functionView(record(), {
    ...options,
    publicUrl: 'https://plat.example.com',
    domain: 'example.com',
  });
  expect(view.url).toBe('https://plat.example.com/function/shop.cart');
  expect(view.hostUrl).toBe('https://shop-cart.example.com');
});

test('functionView() has no host where the live version says edge: off', () => {
  const given = record();
  given.versions[1]!.config.edge = 'off';
  expect(functionView(given, options)).toMatchObject({ host: null, hostUrl: null });
});

test('functionView() takes as live the version with the greatest weight', () => {
  expect(functionView(record(), options).live).toMatchObject({ memoryMb: 256 });
});

test('functionView() shows the names but not the values of the environment to those who may not see them', () => {
  const view = functionView(record(), { ...options, showEnvironment: false });
  expect(view.live?.env).toEqual({ SECRET: '***' });
  expect(JSON.stringify(view)).not.toContain('hush');
});

test.each([
  [{}, undefined, 'active'],
  [{ state: 'stopped' }, undefined, 'stopped'],
  [{ aliases: [] }, undefined, 'deploying'],
  [{ aliases: [], versions: [] }, 'failed', 'failed'],
  [{ aliases: [], versions: [] }, 'cancelled', 'failed'],
  [{ aliases: [], versions: [] }, 'ready', 'deploying'],
  [{ aliases: [], versions: [], state: 'stopped' }, 'failed', 'stopped'],
] as const)('functionView() of %o, newest %s, has status %s', (change, latestState, status) => {
  const view = functionView(record(change as Partial<FunctionRecord>), {
    ...options,
    ...(latestState ? { latestState } : {}),
  });
  expect(view.status).toBe(status);
});

test('needsLatestState() is true only where nothing is live and nothing is under way', () => {
  expect(needsLatestState(record())).toBe(false);
  expect(needsLatestState(record({ aliases: [] }))).toBe(false);
  expect(needsLatestState(record({ aliases: [], versions: [] }))).toBe(true);
});
