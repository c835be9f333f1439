import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import { problem, renderApp, type Handler } from '../../../testing/render-app.tsx';
import { versionRecord } from '../../../testing/version.ts';
import { BuildsPage } from './builds-page.tsx';

const page = [{ path: '/builds', element: <BuildsPage /> }];

test('a build is shown with its function, state, runtime, time and maker, and leads to its log', async () => {
  const failed = versionRecord({
    number: 7,
    state: 'failed',
    builtAt: null,
    error: { code: 'invalid', message: 'There is no package left-pad.', phase: 'building' },
  });
  const answer: Handler = () => ({ body: { items: [failed, versionRecord()], next: null } });
  renderApp({ routes: { 'GET /api/builds': answer }, page, at: '/builds' });
  const link = await screen.findByRole('link', { name: 'hello v7' });
  expect(link.getAttribute('href')).toBe('/functions/default/hello/versions/7');
  const [bad, good] = within(screen.getByRole('table', { name: 'Builds' })).getAllByRole('row').slice(1) as [HTMLElement, HTMLElement]; // prettier-ignore
  for (const text of ['Failed', 'node', 'Ada', 'There is no package left-pad.'])
    expect(within(bad).getByText(text)).toBeTruthy();
  expect(within(good).getByText('2.50 s')).toBeTruthy();
});

test('the filters of the address are asked of the platform, and a change of one goes back to the first page', async () => {
  const asked: string[] = [];
  const answer: Handler = ({ query }) => {
    asked.push(query.toString());
    return { body: { items: [versionRecord()], next: 'older' } };
  };
  const { router } = renderApp({
    routes: { 'GET /api/builds': answer },
    page,
    at: '/builds?function=hello&before=c1',
  });
  await screen.findByRole('table');
  expect(asked[0]).toBe('function=hello&limit=50&before=c1');
  await userEvent.click(screen.getByRole('combobox', { name: 'State' }));
  await userEvent.click(screen.getByRole('option', { name: 'Under way' }));
  expect(router.state.location.search).toBe('?function=hello&state=active');
  await waitFor(() => expect(asked).toContain('state=active&function=hello&limit=50'));
});

test('who may not see builds is told so, and without any the page says how the first one comes', async () => {
  const answers: Handler[] = [
    () => problem('forbidden', 'Invokers may not see versions.', 403),
    () => ({ body: { items: [], next: null } }),
  ];
  renderApp({
    routes: { 'GET /api/builds': (request) => answers.shift()!(request) },
    page,
    at: '/builds',
  });
  await userEvent.click(await screen.findByRole('button', { name: 'Try again' }));
  expect(await screen.findByText('No build yet')).toBeTruthy();
});
