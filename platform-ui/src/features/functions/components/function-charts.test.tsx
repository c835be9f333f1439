import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import { metricPoint, metricTotals } from '../../../testing/metric-point.ts';
import { renderApp } from '../../../testing/render-app.tsx';
import { FunctionCharts } from './function-charts.tsx';
import { planCharts } from './chart-plan.ts';

const page = [{ path: '*', element: <FunctionCharts of={{ project: 'shop', name: 'cart' }} /> }];
const headings = () => screen.getAllByRole('heading').map((heading) => heading.textContent);

test('range and step are those of the address, and the charts are the same before their data is there', async () => {
  const asked: string[] = [];
  let answer = () => {};
  const answered = new Promise<void>((resolve) => (answer = resolve));
  const { router } = renderApp({
    routes: {
      'GET /api/projects/shop/functions/cart/metrics': async ({ query }) => {
        asked.push(query.toString());
        await answered;
        const points = [metricPoint({ calls: 3, p50Ms: 2, p95Ms: 40, p99Ms: 41, memoryBytes: 2 ** 20 })];
        return { body: { points, totals: metricTotals({ calls: 3, p95Ms: 40 }), stepMs: 60_000 } };
      },
    },
    page,
    at: '/?range=6h&step=5m',
  });
  const before = headings();
  answer();
  expect(await screen.findByText('3 calls, 0 % failed')).toBeTruthy();
  expect(headings()).toEqual(before);
  expect(asked).toEqual(['range=6h&step=5m']);
  await userEvent.click(screen.getByRole('button', { name: 'Show as a table: Duration' }));
  const cells = within(screen.getByRole('table', { name: 'Duration' })).getAllByRole('cell');
  expect(cells.map((cell) => cell.textContent)).toEqual(['2.0 ms', '40 ms', '41 ms']);
  // A step that does not go with a range is not asked for.
  await userEvent.click(screen.getByRole('combobox', { name: 'Time' }));
  await userEvent.click(screen.getByRole('option', { name: 'Last 15 minutes' }));
  await screen.findByText('3 calls, 0 % failed');
  expect(asked.at(-1)).toBe('range=15m');
  expect(router.state.location.search).toContain('range=15m');
});

test('planCharts() shows what the engine counted for instances, or else what the runtime counted in calls', () => {
  const cpuOf = (point: Parameters<typeof metricPoint>[0]) =>
    planCharts({ points: [metricPoint(point)], totals: metricTotals(), stepMs: 1000 }).find(
      ({ title }) => title === 'CPU',
    )!;
  expect(cpuOf({ instanceCpuPercent: 40, cpuMs: 3 }).data.series[0]!.values).toEqual([40]);
  expect(cpuOf({ cpuMs: 3 }).data.series[0]!.values).toEqual([3]);
  expect(cpuOf({}).nothing).toBe('Not measured in this time');
});
