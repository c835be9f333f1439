import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import type { Check } from '@plat/platform-kit/checks.ts';
import { problem, renderApp } from '../../../testing/render-app.tsx';
import { DoctorPanel } from './doctor-panel.tsx';

const page = [{ path: '*', element: <DoctorPanel /> }];
const check = (change: Partial<Check>): Check => ({
  id: 'a',
  component: 'builder',
  title: 'Disk',
  verdict: 'ok',
  evidence: 'much',
  remedy: null,
  isFixable: false,
  fixed: null,
  ...change,
});

test('what failed comes first, with its evidence and what mends it; mending shows what was done', async () => {
  const broken = check({
    id: 'b',
    title: 'Networks',
    verdict: 'fail',
    evidence: 'one is gone',
    remedy: 'plat doctor --fix',
    isFixable: true,
  });
  renderApp({
    routes: {
      'GET /api/doctor': () => ({ body: { version: '1', items: [check({}), broken] } }),
      'POST /api/doctor/fix': () => ({
        body: {
          version: '1',
          items: [check({}), check({ id: 'b', title: 'Networks', fixed: 'made it again' })],
        },
      }),
    },
    page,
  });
  const rows = within(await screen.findByRole('list', { name: 'Checks' })).getAllByRole('listitem');
  for (const text of ['Networks', 'Failed', /one is gone/, /plat doctor --fix/])
    expect(within(rows[0]!).getByText(text)).toBeTruthy();
  await userEvent.click(screen.getByRole('button', { name: 'Mend what can be' }));
  expect(await screen.findByText('Mended: made it again')).toBeTruthy();
  expect(screen.getByText(/^2 well, 0 to look at/)).toBeTruthy();
});

test('who may not examine the platform is told so', async () => {
  renderApp({
    routes: { 'GET /api/doctor': () => problem('forbidden', 'Viewers may not.', 403) },
    page,
  });
  expect(await screen.findByText('Viewers may not.')).toBeTruthy();
});
