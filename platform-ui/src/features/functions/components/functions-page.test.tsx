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
