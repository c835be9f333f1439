import { expect, it } from 'vitest';
import { functionView, json } from './testing/fake-gateway.ts';
import { useCli } from './testing/use-cli.ts';

const { gateway, plat } = useCli();
const queries = () =>
  gateway.received
    .filter(({ path }) => path.startsWith('/api/builds'))
    .map(({ path }) => Object.fromEntries(new URL(path, gateway.url).searchParams));

const BUILD = {
  project: 'default', function: 'hello', number: 3, state: 'failed', config: { runtime: 'node' }, imageReused: false,
  error: { code: 'invalid', message: 'no such package', phase: 'building' }, createdBy: 'Ada',
  createdAt: '2026-01-01T00:00:00.000Z', buildStartedAt: '2026-01-01T00:00:01.000Z', builtAt: null, finishedAt: '2026-01-01T00:00:04.000Z',
}; // prettier-ignore

it('builds ls lists the builds of the project, and says how to go on', async () => {
  gateway.on('GET /api/builds', json({ items: [BUILD], next: '1.f.3' }));
  const { out, err } = await plat(['builds', 'ls', '--state', 'failed', '--search', 'left pad']);
  expect(out).toMatch(/hello +3 +failed +node +- +Ada .* no such package/);
  expect(err).toContain('--before 1.f.3');
  expect(queries()).toEqual([{ project: 'default', state: 'failed', q: 'left pad' }]);
});

it('builds ls takes one function, or all projects', async () => {
  gateway.on('GET /api/builds', json({ items: [], next: null }));
  gateway.on('GET /api/projects/shop/functions/cart', json(functionView()));
  expect((await plat(['builds', 'ls', 'shop.cart'])).err).toContain('There are no builds.');
  await plat(['builds', 'ls', '--all']);
  expect(queries()).toEqual([{ project: 'shop', function: 'cart' }, {}]);
});
