import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import { execution } from '../../../testing/execution.ts';
import { problem, renderApp } from '../../../testing/render-app.tsx';
import { curlOf } from './curl-of.ts';
import { ExecutionPage } from './execution-page.tsx';
import { planPhases } from '../../../components/plan-phases.ts';

const page = [{ path: '/executions/:id', element: <ExecutionPage /> }];
const FAILED = execution({
  status: 502,
  outcome: 'function_error',
  errorCode: 'function_failed',
  errorMessage: 'TypeError: order is undefined',
  errorComponent: 'function-proxy',
  method: 'POST',
  phases: { received: 0, authorised: 0.2, queued: 0.4, woken: 400, connected: 401, firstByte: 421, lastByte: null },
  logs: [
    { at: '2026-01-02T03:04:05.100Z', instance: 'i', version: 3, stream: 'stderr', requestId: 'req-1', text: 'no order' },
  ],
  evictions: [
    { at: '2026-01-02T03:00:00.000Z', role: 'was_put_out', instance: 'i0', other: { project: 'shop', function: 'big', version: 7 } },
    { at: '2026-01-02T03:04:05.100Z', role: 'made_room', instance: 'i1', other: null },
  ],
}); // prettier-ignore

test('a call that failed says who failed, where its time went and what it printed', async () => {
  renderApp({ routes: { 'GET /api/executions/req-1': () => ({ body: FAILED }) }, page, at: '/executions/req-1' });
  expect(await screen.findByText('TypeError: order is undefined')).toBeTruthy();
  expect(screen.getByText(/to make room for shop\/big v7/)).toBeTruthy();
  expect(screen.getByText('an instance of another project')).toBeTruthy();
  expect(screen.getByText('502 · The function failed')).toBeTruthy();
  const rows = within(screen.getByRole('table', { name: 'Phases of the call' })).getAllByRole('row').slice(1)
    .map((row) => within(row).getAllByRole('cell').slice(0, 3).map((cell) => cell.textContent).join(' ')); // prettier-ignore
  expect(rows[2]).toBe('Waiting for an instance Waiting 400 ms');
  expect(rows).toHaveLength(5);
  expect(within(screen.getByRole('log')).getByText('no order')).toBeTruthy();
}); // prettier-ignore

test('r makes the call once more and shows the answer of any status', async () => {
  const { asked } = renderApp({
    routes: {
      'GET /api/executions/e1': () => ({ body: execution() }),
      'POST /api/executions/e1/replay': () => ({ body: { total: 3 } }),
    },
    page,
    at: '/executions/e1',
  });
  await screen.findByText('Where the time went');
  await userEvent.keyboard('r');
  expect(await screen.findByText(/"total": 3/)).toBeTruthy();
  expect(screen.getByText(/^Status 200 after/)).toBeTruthy();
  expect(asked.filter((line) => line.startsWith('POST'))).toHaveLength(1);
});

test('a call that cannot be made again says why', async () => {
  renderApp({
    routes: {
      'GET /api/executions/e1': () => ({ body: execution() }),
      'POST /api/executions/e1/replay': () => problem('conflict', 'Its body was not kept.', 409),
    },
    page,
    at: '/executions/e1',
  });
  await userEvent.click(await screen.findByRole('button', { name: 'Replay' }));
  expect(within(await screen.findByRole('alert')).getByText('Its body was not kept.')).toBeTruthy();
});

test('planPhases() leaves out what a call did not have, and loses no time', () => {
  const phases = planPhases(execution().phases);
  expect(phases.map(({ key }) => key)).toEqual(['authorised', 'connected', 'firstByte', 'lastByte']);
  expect(phases[1]).toMatchObject({ fromMs: 0.2, toMs: 0.4 });
});

test('curlOf() quotes what a shell would take apart, and tells what is not known', () => {
  const body = {
    contentType: 'application/json',
    text: `{"a":"it's"}`,
    bytes: 12,
    isCut: false,
    isRedacted: true,
    omitted: null,
  };
  const { command, missing } = curlOf(
    execution({ method: 'POST', path: '/a?b=$c', bytesIn: 12, bodies: { request: body, response: null } }),
    'http://plat.test',
  );
  expect(command).toContain(`'http://plat.test/function/default.hello/a?b=$c'`);
  expect(command).toContain(`--data-raw '{"a":"it'\\''s"}'`);
  expect(missing).toBe('secrets were struck out of its body');
  expect(curlOf(execution({ trigger: 'invoke', alias: null }), '').command).toContain('/invoke?version=3');
});
