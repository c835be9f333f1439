import { expect, test } from 'vitest';
import { instanceSpec, specHash } from './instance-spec.ts';
import { versionRecord } from './testing/test-records.ts';

const LIMITS = { pids: 64, tmpMb: 16 };
const spec = (over: Parameters<typeof versionRecord>[0] = {}) => instanceSpec(versionRecord(over), LIMITS);

test('an instance gets its environment from the version, and the platform has the last word', () => {
  const { env } = spec({
    number: 4,
    config: { env: { A: '1', PORT: '1', PLAT_VERSION: 'x' }, handler: 'a.b' },
  });
  expect(env).toEqual({
    A: '1', PORT: '8080', PLAT_PROJECT: 'shop', PLAT_FUNCTION: 'hello', PLAT_VERSION: '4', PLAT_TIMEOUT_MS: '30000',
    PLAT_MEMORY_MB: '128', PLAT_CONCURRENCY: '8', PLAT_HANDLER: 'a.b',
  }); // prettier-ignore
  expect(spec({ config: { handler: null } }).env).not.toHaveProperty('PLAT_HANDLER');
});

test('a version without an image cannot run', () => {
  expect(() => spec({ imageId: null })).toThrow('Version 1 of shop/hello has no image.');
});

test('the hash does not depend on the order in which things were written', () => {
  const a = spec({ config: { env: { A: '1', b: '2', Ä: '3' } } });
  const b = spec({ config: { env: { Ä: '3', b: '2', A: '1' } } });
  expect(specHash(a)).toBe(specHash(b));
  expect(specHash(Object.fromEntries(Object.entries(a).reverse()) as never)).toBe(specHash(a));
  expect(specHash(a)).toMatch(/^[0-9a-f]{16}$/);
});

test('the hash changes with every part of the spec', () => {
  const base = spec();
  const changed = Object.entries(base).map(([key, value]) => ({
    ...base,
    [key]:
      typeof value === 'number'
        ? value + 1
        : typeof value === 'string'
          ? `${value}x`
          : { ...value, NEW: '1' },
  }));
  const hashes = [base, ...changed, { ...base, env: { ...base.env, PORT: '1' } }].map((one) => specHash(one));
  expect(new Set(hashes).size).toBe(hashes.length);
});
