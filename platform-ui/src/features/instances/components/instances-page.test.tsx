import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import type { InstanceInfo } from '@plat/platform-kit/domain.ts';
import { renderApp } from '../../../testing/render-app.tsx';
import { InstancesPage } from './instances-page.tsx';

const page = [{ path: '/instances', element: <InstancesPage /> }];
const instance = (change: Partial<InstanceInfo>): InstanceInfo => ({
  id: 'i1',
  name: 'one',
  functionId: 'f',
  project: 'default',
  function: 'hello',
  version: 2,
  engine: 'docker',
  status: 'running',
  readiness: 'ready',
  rung: 'hot',
  startedAt: null,
  stats: null,
  ...change,
});
const STATS = { cpuPercent: 12.34, memoryBytes: 2 ** 20, memoryLimitBytes: 2 ** 27, pids: 1 };

test('what runs is shown at once, and what it uses when the engine has measured it', async () => {
  const { asked } = renderApp({
    routes: {
      'GET /api/instances': ({ query }) => ({
        body: {
          items: [
            instance({ stats: query.get('stats') === 'true' ? STATS : null }),
            instance({ id: 'i2', function: 'cart', status: 'paused', rung: 'paused' }),
          ],
          next: null,
        },
      }),
      'GET /api/pools': () => ({ body: { items: [], next: null } }),
      'PATCH /api/projects/default/functions/hello': () => ({ body: {} }),
    },
    page,
    at: '/instances?state=ready',
  });
  const row = (await screen.findByText('hello')).closest('tr')!;
  expect(within(row).getByText('ready')).toBeTruthy();
  expect(await within(row).findByText('1 MiB of 128 MiB')).toBeTruthy();
  expect(within(row).getByText('12.3 %')).toBeTruthy();
  expect(screen.queryByText('cart')).toBeNull();
  await userEvent.click(within(row).getByText('Stop …'));
  expect(asked.some((line) => line.startsWith('PATCH'))).toBe(false);
  await userEvent.click(screen.getByRole('button', { name: 'Stop the function' }));
  expect(await screen.findByText('hello is stopped.')).toBeTruthy();
});

test('containers that wait for a function are shown apart from what runs', async () => {
  const pooled = { id: 'p1', name: 'one', project: 'shop', runtime: 'python', memoryMb: 256, state: 'warm', createdAt: new Date().toISOString() }; // prettier-ignore
  renderApp({
    routes: {
      'GET /api/instances': () => ({ body: { items: [], next: null } }),
      'GET /api/pools': () => ({ body: { items: [pooled], next: null } }),
      'GET /api/dashboard': () => ({ body: { recording: null, capacity: { budget: { memoryMb: { limit: 1024 }, pooled: { memoryMb: 384 } } } } }),
    },
    page,
    at: '/instances',
  }); // prettier-ignore
  const row = (await screen.findByText('waits for a function')).closest('tr')!;
  expect(within(row).getByText('shop')).toBeTruthy();
  expect(within(row).getByText('256 MB')).toBeTruthy();
  expect(screen.getByText('Nothing runs')).toBeTruthy();
  expect(await screen.findByText(/All pools hold 384 MiB of the 1 GiB/)).toBeTruthy();
});
