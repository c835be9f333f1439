import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import { functionView } from '../../../testing/function-view.ts';
import { problem, renderApp, type Handler } from '../../../testing/render-app.tsx';
import { FunctionsPage } from './functions-page.tsx';

const page = [{ path: '/functions', element: <FunctionsPage /> }];
const list =
  (...items: ReturnType<typeof functionView>[]): Handler =>
  () => ({ body: { items, next: null } });
const names = () =>
  within(screen.getByRole('table', { name: 'Functions' })).getAllByRole('row').slice(1)
    .map((row) => within(row).getAllByRole('link')[0]!.textContent); // prettier-ignore

const CART = functionView({ name: 'cart', project: 'shop', status: 'failed', live: null });

test('a search narrows the list and is in the address, and so is the order', async () => {
  const { router } = renderApp({
    routes: { 'GET /api/functions': list(functionView(), CART) },
    page,
    at: '/functions?sort=-name',
  });
  await screen.findByRole('table');
  expect(names()).toEqual(['hello', 'cart']);
  await userEvent.keyboard('/');
  await userEvent.keyboard('shop');
  expect(names()).toEqual(['cart']);
  expect(router.state.location.search).toBe('?sort=-name&q=shop');
  expect(screen.getByText('1 of 2 functions')).toBeTruthy();
});

test('a function that the platform will not stop is shown as running again, with the reason and the request', async () => {
  let refuse = () => {};
  const refused = new Promise<void>((resolve) => (refuse = resolve));
  renderApp({
    routes: {
      'GET /api/functions': list(functionView()),
      'PATCH /api/projects/default/functions/hello': async () => {
        await refused;
        return problem('conflict', 'It is being deployed.', 409);
      },
    },
    page,
    at: '/functions',
  });
  await userEvent.click(await screen.findByRole('button', { name: 'Actions of hello' }));
  await userEvent.click(screen.getByRole('menuitem', { name: 'Stop' }));
  await waitFor(() => expect(screen.getByText('Stopped')).toBeTruthy());
  refuse();
  await waitFor(() => expect(screen.getByText('Active')).toBeTruthy());
  expect(screen.getByText('hello was not stopped. It is being deployed. (request req1)')).toBeTruthy();
});

test('without any function the page says what to type', async () => {
  renderApp({ routes: { 'GET /api/functions': list() }, page, at: '/functions' });
  expect(await screen.findByText(/npx plat init hello/)).toBeTruthy();
});

test('an error says its code, who said it, the request and what to do; trying again helps', async () => {
  let isBroken = true;
  const answer: Handler = () =>
    isBroken
      ? problem('forbidden', 'Invokers may not.', 403)
      : { body: { items: [functionView()], next: null } };
  renderApp({ routes: { 'GET /api/functions': answer }, page, at: '/functions' });
  const alert = await screen.findByRole('alert');
  for (const text of [
    'Invokers may not.',
    'forbidden',
    'api-gateway',
    'req1',
    /Sign in with a token whose role/,
  ]) {
    expect(within(alert).getByText(text)).toBeTruthy();
  }
  isBroken = false;
  await userEvent.click(within(alert).getByRole('button', { name: 'Try again' }));
  expect(await screen.findByRole('link', { name: 'hello' })).toBeTruthy();
});

test('j and k go through the rows', async () => {
  renderApp({ routes: { 'GET /api/functions': list(CART, functionView()) }, page, at: '/functions' });
  await screen.findByRole('table');
  await userEvent.keyboard('j');
  expect(document.activeElement?.textContent).toBe('cart');
  await userEvent.keyboard('j');
  expect(document.activeElement?.textContent).toBe('hello');
  await userEvent.keyboard('k');
  expect(document.activeElement?.textContent).toBe('cart');
});

const USE = {
  project: 'default',
  function: 'hello',
  calls: 40,
  failed: 10,
  p95Ms: 120,
  coldStarts: 1,
  lastAt: '2026-01-02T03:04:05.000Z',
  trend: { stepMs: 3_600_000, calls: [0, 30, 10], failed: [0, 10, 0] },
};

test('each function has its calls, failures, p95 and last call of the shown time, to sort and to filter by', async () => {
  const asked: string[] = [];
  const { router } = renderApp({
    routes: {
      'GET /api/functions': list(CART, functionView()),
      'GET /api/metrics': ({ query }) => {
        asked.push(query.toString());
        return { body: { items: [USE], next: null } };
      },
    },
    page,
    at: '/functions?range=1h&sort=-failed',
  });
  const row = (await screen.findByRole('link', { name: 'hello' })).closest('tr')!;
  await within(row).findByText('25 %');
  for (const text of ['40', '120 ms']) expect(within(row).getByText(text)).toBeTruthy();
  expect(within(row).getByRole('img', { name: 'at most 30 in 1h, 10 failed', hidden: true })).toBeTruthy();
  expect(asked).toEqual(['limit=5000&range=1h&trend=24&quiet=true']);
  expect(within(screen.getByRole('link', { name: 'cart' }).closest('tr')!).getByText('never')).toBeTruthy();
  expect(names()).toEqual(['hello', 'cart']);
  await userEvent.click(screen.getByRole('combobox', { name: 'Calls' }));
  await userEvent.click(screen.getByRole('option', { name: 'Not called' }));
  expect(names()).toEqual(['cart']);
  expect(router.state.location.search).toBe('?range=1h&sort=-failed&calls=quiet');
});

test('what happens on the platform shows without asking again for the whole list', async () => {
  let say: (event: string, data: object) => void = () => {};
  let isFailed = false;
  const { asked } = renderApp({
    routes: {
      'GET /api/functions': list(functionView()),
      'GET /api/metrics': () => ({ body: { items: [], next: null } }),
      'GET /api/projects/shop/functions/cart': () => ({ body: isFailed ? CART : functionView({ ...CART, status: 'deploying' }) }),
      'GET /api/events': () => ({
        stream: new ReadableStream({
          start: (controller) => {
            say = (event, data) => controller.enqueue(new TextEncoder().encode(`id: 1\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`));
          },
        }),
      }),
    },
    page,
    at: '/functions',
  });
  await screen.findByRole('link', { name: 'hello' });
  await waitFor(() => expect(asked.filter((line) => line.startsWith('GET /api/functions'))).toHaveLength(2));
  say('function', { project: 'shop', function: 'cart', state: 'active', latest: 1, aliases: [] });
  expect(await screen.findByText('Deploying')).toBeTruthy();
  isFailed = true;
  say('version', { project: 'shop', function: 'cart', version: 1, state: 'failed', error: null });
  expect(await screen.findByText('Failed', { selector: 'span' })).toBeTruthy();
  say('function', { project: 'default', function: 'hello', state: 'deleted', latest: 1, aliases: [] });
  await waitFor(() => expect(screen.queryByRole('link', { name: 'hello' })).toBeNull());
  expect(asked.filter((line) => line.startsWith('GET /api/functions'))).toHaveLength(2);
  // What is gone is not asked for.
  expect(asked.filter((line) => line.includes('functions/hello'))).toEqual([]);
}); // prettier-ignore
