import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import { execution } from '../../../testing/execution.ts';
import { functionView } from '../../../testing/function-view.ts';
import { dashboard, metricPoint, metricTotals } from '../../../testing/metric-point.ts';
import { renderApp, type Handler } from '../../../testing/render-app.tsx';
import { OverviewPage } from './overview-page.tsx';

const page = [{ path: '/', element: <OverviewPage /> }];
const BUDGET = {
  memoryMb: { limit: 4096, used: 3072 },
  cpus: { limit: 40, used: 3 },
  pids: { limit: 4096, used: 768 },
  waiting: 2,
  evictions: 5,
  pooled: { containers: 2, memoryMb: 256, cpus: 2, pids: 512 },
};
const none: Handler = () => ({ body: { items: [], next: null } });

test('a new platform says what to type first, and what next once that is done', async () => {
  const deployed: Handler = () => ({ body: { items: [functionView({ name: 'greet' })], next: null } });
  const routes: Record<string, Handler> = {
    'GET /api/dashboard': () => ({ body: dashboard() }),
    'GET /api/functions': none,
    'GET /api/executions': none,
  };
  const first = renderApp({ routes, page });
  expect(await screen.findByText(/npx plat init hello/)).toBeTruthy();
  expect(screen.queryByText(/plat invoke/)).toBeNull();
  first.unmount();
  renderApp({ routes: { ...routes, 'GET /api/functions': deployed }, page });
  expect(await screen.findByText(/npx plat invoke greet/)).toBeTruthy();
  expect(screen.queryByText(/plat init/)).toBeNull();
});

test('numbers, failures and the table behind a chart say what was called and who failed', async () => {
  const asked: (string | null)[] = [];
  const errors = { function: 2, timeout: 0, platform: 0, client: 0 };
  renderApp({
    routes: {
      'GET /api/dashboard': ({ query }) => {
        asked.push(query.get('range'));
        return {
          body: dashboard({
            functions: { all: 9, active: 8, stopped: 0, deploying: 0, failed: 1 },
            totals: metricTotals({ calls: 40, errors, p50Ms: 3, p95Ms: 120, coldStarts: 1, meanWakeMs: 300 }),
            failureRate: 0.05,
            points: [metricPoint({ calls: 40, errors, p95Ms: 120 })],
            topFunctions: [
              { project: 'shop', function: 'cart', calls: 40, failed: 2, p95Ms: 120, coldStarts: 1, lastAt: '2026-01-02T03:04:00.000Z', trend: null },
            ],
            recentFailures: [execution({ id: 'e9', outcome: 'function_error', status: 502, errorMessage: 'No such order.' })],
            capacity: { cpus: 4, memoryBytes: 2 ** 33, instances: 3, cpuPercent: 100, usedMemoryBytes: 2 ** 31, budget: BUDGET },
          }),
        };
      },
    },
    page,
    at: '/?range=24h',
  });
  const glance = within(await screen.findByRole('list', { name: 'At a glance' }));
  for (const text of ['40', '5.0 %', '120 ms', '1 failed, 8 active']) expect(glance.getByText(text)).toBeTruthy();
  expect(asked).toEqual(['24h']);
  expect(glance.getByRole('link', { name: '2 calls' }).getAttribute('href')).toBe('/executions?who=failed&since=24h');
  expect(screen.getByText('No such order.')).toBeTruthy();
  expect(screen.getByRole('link', { name: 'shop/cart' })).toBeTruthy();
  expect(screen.getByRole('meter', { name: 'CPU' }).getAttribute('aria-valuetext')).toBe('1.00 of 4.00 cores, 25 %');
  expect(screen.getByRole('meter', { name: 'Memory allotted' }).getAttribute('aria-valuenow')).toBe('75');
  expect(screen.getByText('2 starts wait for room.')).toBeTruthy();
  expect(screen.getByRole('meter', { name: 'Memory' }).getAttribute('aria-valuenow')).toBe('25');
  await userEvent.click(screen.getByRole('button', { name: 'Show as a table: Requests and errors' }));
  const table = screen.getByRole('table', { name: 'Requests and errors' });
  expect(within(table).getAllByRole('columnheader').map((cell) => cell.textContent)).toEqual(['Time', 'Answered', 'Function']);
  expect(within(table).getAllByRole('cell').map((cell) => cell.textContent)).toEqual(['38', '2']);
}); // prettier-ignore
