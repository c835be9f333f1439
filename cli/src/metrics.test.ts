import { expect, it } from 'vitest';
import { json } from './testing/fake-gateway.ts';
import { useCli } from './testing/use-cli.ts';

const { gateway, plat } = useCli();
const NONE = { calls: 0, points: [], topFunctions: [], recording: null };

it('metrics asks for its own options and for no other, least of all with the token', async () => {
  gateway.on('GET /api/projects/shop/functions/cart/metrics', json(NONE));
  const args = ['metrics', 'cart', '--range', '2h', '--version', '3'];
  const { code, out } = await plat([...args, '-o', 'json', '-q', '--project', 'shop', '--token', 's3cret']);
  expect({ code, calls: JSON.parse(out) as unknown }).toEqual({ code: 0, calls: NONE });
  const query = Object.fromEntries(new URL(gateway.received[0]!.path, gateway.url).searchParams);
  expect(query).toEqual({ range: '2h', version: '3' });
});

it('top says when there is no such project', async () => {
  gateway.on('GET /api/dashboard', json({ ...NONE, functions: { all: 0 } }));
  gateway.on('GET /api/projects', json({ items: [{ name: 'default' }], next: null }));
  expect(await plat(['top', '--once', '-o', 'json', '--project', 'nobody'])).toMatchObject({ code: 4 });
  expect(await plat(['top', '--once', '-o', 'json'])).toMatchObject({ code: 0 });
});

it('pools says what of the host they hold, to people and as far as the token may know', async () => {
  const pooled = { id: 'p1', name: 'one', project: 'shop', runtime: 'node', memoryMb: 128, state: 'warm', createdAt: new Date().toISOString() }; // prettier-ignore
  gateway.on('GET /api/pools', json({ items: [pooled], next: null }));
  const budget = { memoryMb: { limit: 4096, used: 512 }, pooled: { containers: 3, memoryMb: 384 } };
  gateway.on('GET /api/dashboard', json({ ...NONE, capacity: { budget } }));
  expect((await plat(['pools'])).err).toContain('All pools hold 384 MiB of the 4 GiB');
  expect((await plat(['pools', '-o', 'json'])).err).toBe('');
  gateway.on('GET /api/dashboard', json({ ...NONE, capacity: null }));
  expect(await plat(['pools'])).toMatchObject({ code: 0, err: '' });
});
