import { afterEach, describe, expect, it } from 'vitest';
import type { Sticky } from '@plat/platform-kit/sticky.ts';
import { ProxyHarness } from './testing/proxy-harness.ts';
import { fakeFunction } from './testing/fake-records.ts';

let harness: ProxyHarness;
afterEach(() => harness.close());

async function startSplit(sticky?: Sticky) {
  const hello = fakeFunction({
    name: 'hello',
    versions: [{ number: 1 }, { number: 2 }],
    aliases: { live: [{ version: 1, weight: 50 }, { version: 2, weight: 50 }] },
    ...(sticky ? { sticky } : {}),
  }); // prettier-ignore
  harness = await ProxyHarness.start([hello]);
  for (const version of [1, 2])
    await harness.addInstance(hello, {
      version,
      behaviour: (_req, res) => {
        res.setHeader('set-cookie', 'own=1');
        res.end(String(version));
      },
    });
}
const tell = { 'plat-tell-version': '1' };
const versionOf = async (headers: Record<string, string>) =>
  (await harness.call('/hello', { headers: { ...headers, ...tell } })).headers['x-plat-version'];

describe('invoke() with a sticky alias', () => {
  it('keeps a caller with one version by its header, and sends who has none by weight', async () => {
    await startSplit({ header: 'x-user' });
    const versions = new Set<unknown>();
    for (let i = 0; i < 20; i++) {
      const user = { 'x-user': `user-${i}` };
      harness.random = 0;
      const version = await versionOf(user);
      harness.random = 0.99;
      expect(await versionOf(user)).toBe(version);
      versions.add(version);
    }
    expect(versions).toEqual(new Set(['1', '2']));
    expect(await versionOf({})).toBe('2');
    harness.random = 0;
    expect(await versionOf({})).toBe('1');
  });

  it('gives a caller a cookie beside those of the function, and none to who has it', async () => {
    await startSplit({ cookie: 'plat-route' });
    const first = await harness.call('/hello', { headers: tell });
    const [own, route] = first.headers['set-cookie'] as string[];
    expect(own).toBe('own=1');
    expect(route).toMatch(/^plat-route=[\w-]{22}; Path=\/; HttpOnly; SameSite=Lax$/);
    const cookie = route!.split(';')[0]!;
    for (let i = 0; i < 5; i++) {
      const again = await harness.call('/hello', { headers: { cookie, ...tell } });
      expect(again.headers['x-plat-version']).toBe(first.headers['x-plat-version']);
      expect(again.headers['set-cookie']).toBe('own=1');
    }
  });

  it('sets no cookie, and tells no version, unless that was asked for', async () => {
    await startSplit();
    const { headers, body } = await harness.call('/hello');
    expect(headers['set-cookie']).toBe('own=1');
    expect(headers).not.toHaveProperty('x-plat-version');
    expect(body).toBe('1');
    const told = await harness.call('/hello', { headers: { 'plat-tell-version': '1' } });
    expect(told).toMatchObject({ body: '1', headers: { 'x-plat-version': '1' } });
  });
});
