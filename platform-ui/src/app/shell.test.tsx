import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import { problem, renderApp, type Handler } from '../testing/render-app.tsx';
import { Shell } from './shell.tsx';

const page = [{ element: <Shell />, children: [{ path: '*', element: <p>The page</p> }] }];
const whoami: Handler = () => ({
  body: { id: 'a', name: 'ada', role: 'developer', project: null, expiresAt: null },
});
const system: Handler = () => ({
  body: { version: '1', engine: { engine: 'docker', available: true, problem: null }, services: [] },
});

test('a good token leads to the page that was asked for, and is in no address', async () => {
  const { router, asked } = renderApp({
    routes: { 'GET /api/whoami': whoami, 'GET /api/system': system },
    page,
    at: '/functions?q=x',
    token: null,
  });
  await userEvent.type(screen.getByLabelText('Token'), ' secret {Enter}');
  expect(await screen.findByText('The page')).toBeTruthy();
  expect(await screen.findByText('ada')).toBeTruthy();
  expect(router.state.location.search).toBe('?q=x');
  expect(sessionStorage.getItem('plat.token')).toBe('secret');
  expect(asked[0]).toBe('GET /api/whoami Bearer secret');
});

test('a wrong token is told where it is typed, and is not kept', async () => {
  renderApp({
    routes: { 'GET /api/whoami': () => problem('unauthenticated', 'No.', 401) },
    page,
    token: null,
  });
  await userEvent.type(screen.getByLabelText('Token'), 'wrong{Enter}');
  expect(await screen.findByText('The platform does not know this token.')).toBeTruthy();
  expect(sessionStorage.getItem('plat.token')).toBeNull();
});

test('a token that is refused later ends the session and says why', async () => {
  let isExpired = false;
  const answer: Handler = () =>
    isExpired
      ? problem('unauthenticated', 'The token has expired.', 401)
      : system({ body: undefined, query: new URLSearchParams() });
  const { api } = renderApp({ routes: { 'GET /api/whoami': whoami, 'GET /api/system': answer }, page });
  expect(await screen.findByText('The page')).toBeTruthy();
  isExpired = true;
  await api.call.getSystem().catch(() => undefined);
  expect(await screen.findByText(/The session has ended: The token has expired/)).toBeTruthy();
});

test('an engine that isolates less, or is away, is told on every page', async () => {
  const body = { version: '1', engine: { engine: 'process', available: true, problem: null }, services: [] };
  renderApp({ routes: { 'GET /api/whoami': whoami, 'GET /api/system': () => ({ body }) }, page });
  expect(await screen.findByText(/isolated less/)).toBeTruthy();
});

test('that functions are isolated less can be put away for as long as the tab is open, that the engine is away cannot', async () => {
  const engine = { engine: 'process', available: true, problem: null as string | null };
  const routes = {
    'GET /api/whoami': whoami,
    'GET /api/system': () => ({ body: { version: '1', engine, services: [] } }),
  };
  const { unmount } = renderApp({ routes, page });
  await userEvent.click(await screen.findByRole('button', { name: 'Close' }));
  expect(screen.queryByText(/isolated less/)).toBeNull();
  unmount();
  const again = renderApp({ routes, page, keepStorage: true });
  await screen.findByText('ada');
  expect(screen.queryByText(/isolated less/)).toBeNull();
  again.unmount();
  Object.assign(engine, { available: false, problem: 'It is away.' });
  renderApp({ routes, page, keepStorage: true });
  expect(await screen.findByText(/The engine is not available: It is away/)).toBeTruthy();
  expect(screen.queryByRole('button', { name: 'Close' })).toBeNull();
});

test('the palette opens by a button too, for who has no keyboard', async () => {
  renderApp({ routes: { 'GET /api/whoami': whoami, 'GET /api/system': system }, page });
  await userEvent.click((await screen.findAllByRole('button', { name: 'Go to …' }))[0]!);
  expect(await screen.findByRole('combobox', { name: 'Go to' })).toBeTruthy();
});

test('? shows what the keys do', async () => {
  renderApp({ routes: { 'GET /api/whoami': whoami, 'GET /api/system': system }, page });
  await screen.findByText('The page');
  await userEvent.keyboard('?');
  expect(await screen.findByRole('dialog', { name: 'Keys on this page' })).toBeTruthy();
  await userEvent.keyboard('{Escape}');
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
});
