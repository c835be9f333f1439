import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import { FunctionContext } from '../../../components/function-context.ts';
import { CONFIG, functionView } from '../../../testing/function-view.ts';
import { problem, renderApp, type Handler } from '../../../testing/render-app.tsx';
import { rolloutView } from '../../../testing/rollout.ts';
import { versionRecord } from '../../../testing/version.ts';
import { VersionsTab } from './versions-tab.tsx';

const FUNCTION = '/api/projects/default/functions/hello';
const VERSIONS = [
  versionRecord({ number: 2, config: { ...CONFIG, memoryMb: 256 } }),
  versionRecord({ number: 1 }),
];
const VIEW = functionView({ latest: 2, versions: [VERSIONS[1]!] });

function show(routes: Record<string, Handler>, view = VIEW) {
  const sent: { route: string; body: unknown }[] = [];
  const noting = Object.fromEntries(
    Object.entries(routes).map(([route, handler]): [string, Handler] => [
      route,
      (request) => {
        if (!route.startsWith('GET')) sent.push({ route, body: request.body });
        return handler(request);
      },
    ]),
  );
  renderApp({
    routes: {
      [`GET ${FUNCTION}/versions`]: () => ({ body: { items: VERSIONS, next: null } }),
      [`GET ${FUNCTION}/versions/1`]: () => ({ body: VERSIONS[1] }),
      [`GET ${FUNCTION}/versions/2`]: () => ({ body: VERSIONS[0] }),
      [`GET ${FUNCTION}/rollouts`]: () => ({ body: { items: [], next: null } }),
      ...noting,
    },
    page: [{ path: '/', element: <FunctionContext value={view}><VersionsTab /></FunctionContext> }],
  }); // prettier-ignore
  return sent;
}

const openLive = async () =>
  userEvent.click(await screen.findByRole('button', { name: 'Make live: version 2' }));

test('making a version live says what changes and what is sent, and sends just that', async () => {
  const sent = show({ [`POST ${FUNCTION}/promote`]: () => ({ body: { from: 1, to: 2 } }) });
  await openLive();
  const dialog = screen.getByRole('dialog');
  expect(await within(dialog).findByText('256 MB')).toBeTruthy();
  expect(within(dialog).getByText(/^POST .*\/promote/).textContent).toBe(`POST ${FUNCTION}/promote\n{"version":2}`); // prettier-ignore
  expect(sent).toEqual([]);
  await userEvent.click(within(dialog).getByRole('button', { name: 'Make it live' }));
  expect(await screen.findByText('Version 2 is live.')).toBeTruthy();
  expect(sent).toEqual([{ route: `POST ${FUNCTION}/promote`, body: { version: 2 } }]);
});

test('a rollout is planned in the form, whose fields say what is wrong', async () => {
  const sent = show({ [`POST ${FUNCTION}/rollout`]: () => ({ status: 201, body: rolloutView() }) });
  await openLive();
  await userEvent.click(screen.getByRole('button', { name: 'In steps' }));
  const steps = screen.getByLabelText('Steps, in %');
  await userEvent.clear(steps);
  await userEvent.type(steps, '50, 20');
  expect(screen.getByText(/each step must be greater/)).toBeTruthy();
  expect(screen.getByRole('button', { name: 'Begin the rollout' })).toHaveProperty('disabled', true);
  await userEvent.clear(steps);
  await userEvent.type(steps, '20 100');
  await userEvent.click(screen.getByRole('button', { name: 'Begin the rollout' }));
  await waitFor(() =>
    expect(sent).toEqual([
      {
        route: `POST ${FUNCTION}/rollout`,
        body: { version: 2, steps: [20, 100], step: '1m', minCalls: 20, maxErrorIncrease: 0.01, maxP95Ratio: 1.5 },
      },
    ]),
  ); // prettier-ignore
});

test('a rollout that is under way shows its steps and figures, and is taken back after asking', async () => {
  let state: 'running' | 'aborted' = 'running';
  const sent = show({
    [`GET ${FUNCTION}/rollouts`]: () => ({ body: { items: [rolloutView({ state })], next: null } }),
    [`DELETE ${FUNCTION}/rollout`]: () => {
      state = 'aborted';
      return { body: rolloutView({ state }) };
    },
  });
  const steps = await screen.findByRole('list', { name: 'Steps' });
  expect(within(steps).getAllByRole('listitem').map((step) => step.getAttribute('aria-label'))).toEqual(['10 %: done', '50 %: under way', '100 %: ahead']); // prettier-ignore
  const figures = screen.getByRole('table', { name: 'What the step is judged by' });
  expect(within(figures).getByRole('row', { name: 'Version 2, new 40 2.5 % 12 ms' })).toBeTruthy();
  await userEvent.click(screen.getByRole('button', { name: 'Abort' }));
  expect(screen.getByText(/Calls go to version 1 again/)).toBeTruthy();
  await userEvent.click(screen.getByRole('button', { name: 'Abort the rollout' }));
  expect(await screen.findByText('Version 2 is taken back.')).toBeTruthy();
  expect(sent).toEqual([{ route: `DELETE ${FUNCTION}/rollout`, body: undefined }]);
  expect(await screen.findByText('Last rollout, of version 2')).toBeTruthy();
  expect(screen.queryByRole('button', { name: 'Abort' })).toBeNull();
});

test('rolling back says where it goes first, and is refused in words when there is nothing to go back to', async () => {
  const view = functionView({ latest: 2, aliases: [{ name: 'live', weights: [{ version: 2, weight: 100 }], updatedAt: VIEW.updatedAt }] }); // prettier-ignore
  const foretold: Handler[] = [
    () => problem('conflict', 'There is no ready version before version 2.', 409),
    () => ({ body: { from: 2, to: 1, weights: [{ version: 1, weight: 100 }] } }),
  ];
  const sent = show(
    {
      [`GET ${FUNCTION}/rollback`]: (request) => foretold.shift()!(request),
      [`POST ${FUNCTION}/rollback`]: () => ({ body: { from: 2, to: 1 } }),
    },
    view,
  );
  await userEvent.click(await screen.findByRole('button', { name: 'Roll back …' }));
  const dialog = screen.getByRole('dialog');
  expect(await within(dialog).findByText('There is no ready version before version 2.')).toBeTruthy();
  expect(within(dialog).getByRole('button', { name: 'Roll back' })).toHaveProperty('disabled', true);
  await userEvent.click(within(dialog).getByRole('button', { name: 'Try again' }));
  expect((await within(dialog).findByText('version 1')).tagName).toBe('STRONG');
  await userEvent.click(within(dialog).getByRole('button', { name: 'Roll back' }));
  expect(await screen.findByText('Rolled back from version 2 to version 1.')).toBeTruthy();
  expect(sent).toHaveLength(1);
});
