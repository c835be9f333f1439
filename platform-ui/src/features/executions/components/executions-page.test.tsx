import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import { execution } from '../../../testing/execution.ts';
import { renderApp, type Handler } from '../../../testing/render-app.tsx';
import { ExecutionsPage } from './executions-page.tsx';

const page = [{ path: '/executions', element: <ExecutionsPage /> }];

test('the filters of the address are asked of the platform, and a change of one goes back to the first page', async () => {
  const asked: string[] = [];
  const answer: Handler = ({ query }) => {
    asked.push(query.toString());
    return { body: { items: [execution()], next: 'older' } };
  };
  const { router } = renderApp({
    routes: { 'GET /api/executions': answer },
    page,
    at: '/executions?who=failed&start=cold&before=c1&project=shop',
  });
  await screen.findByRole('table', { name: 'Executions' });
  expect(asked[0]).toBe('failed=true&cold=true&project=shop&limit=50&before=c1');
  await userEvent.click(screen.getByRole('combobox', { name: 'Status' }));
  await userEvent.click(screen.getByRole('option', { name: '5xx' }));
  expect(router.state.location.search).toBe('?who=failed&start=cold&project=shop&status=5xx');
  await waitFor(() => expect(asked).toContain('status=5xx&failed=true&cold=true&project=shop&limit=50'));
});

test('older calls are a page of their own, and newest leads back', async () => {
  const answer: Handler = ({ query }) =>
    query.get('before') === 'older'
      ? { body: { items: [execution({ id: 'e0', path: '/old' })], next: null } }
      : {
          body: {
            items: Array.from({ length: 50 }, (_, i) => execution({ id: `n${i}`, path: '/new' })),
            next: 'older',
          },
        };
  renderApp({ routes: { 'GET /api/executions': answer }, page, at: '/executions' });
  await userEvent.click(await screen.findByText('Older'));
  expect(await screen.findByText('/old')).toBeTruthy();
  await userEvent.click(screen.getByText('Newest'));
  expect((await screen.findAllByText('/new')).length).toBe(50);
});

test('a search whose first answers are empty is gone on with', async () => {
  let looks = 0;
  const answer: Handler = ({ query }) => {
    looks++;
    return query.get('before') === 'c2'
      ? { body: { items: [execution({ outcome: 'timeout', status: 504 })], next: null } }
      : { body: { items: [], next: query.has('before') ? 'c2' : 'c1' } };
  };
  renderApp({ routes: { 'GET /api/executions': answer }, page, at: '/executions?q=rare' });
  const row = (await screen.findByRole('link', { name: 'GET /orders' })).closest('tr')!;
  expect(within(row).getByText('504 Timeout')).toBeTruthy();
  expect(looks).toBeGreaterThanOrEqual(3);
});

test('a filter of the address that nothing fits is shown, and can be taken away', async () => {
  const answer: Handler = ({ query }) =>
    query.has('version')
      ? { status: 404, body: { code: 'not_found', title: 'Not found', status: 404, detail: 'It has no version 99.' } }
      : { body: { items: [execution()], next: null } };
  renderApp({ routes: { 'GET /api/executions': answer }, page, at: '/executions?function=hello&version=99&who=odd' });
  expect(await screen.findByText('It has no version 99.')).toBeTruthy();
  expect(screen.getByRole('combobox', { name: 'Who failed' }).textContent).toBe('odd');
  const chip = screen.getByText('version: 99').parentElement!;
  await userEvent.click(within(chip).getByTestId('CancelIcon'));
  expect(await screen.findByRole('table', { name: 'Executions' })).toBeTruthy();
}); // prettier-ignore
