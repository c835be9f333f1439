import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import type { LogLine } from '@plat/platform-kit/domain.ts';
import { FunctionContext } from '../../../components/function-context.ts';
import { functionView } from '../../../testing/function-view.ts';
import { problem, renderApp, type Handler } from '../../../testing/render-app.tsx';
import { LogsTab } from './logs-tab.tsx';

const PATH = 'GET /api/projects/default/functions/hello/logs';
const tab = (
  <FunctionContext value={functionView()}>
    <LogsTab />
  </FunctionContext>
);
const page = [{ path: '/logs', element: tab }];
const line = (text: string, stream: LogLine['stream'] = 'stdout', second = 1): LogLine => ({
  at: `2026-01-02T03:04:0${second}.000Z`,
  instance: 'i',
  version: 1,
  stream,
  requestId: 'request-12345678',
  text,
});

/** A stream that stays open; `print` adds a line. */
function openLog() {
  const encoder = new TextEncoder();
  let controller: ReadableStreamDefaultController<Uint8Array>;
  const asked: string[] = [];
  const answer: Handler = ({ query }) => {
    asked.push(query.toString());
    return { stream: new ReadableStream<Uint8Array>({ start: (given) => void (controller = given) }) };
  };
  const print = (...lines: LogLine[]) =>
    lines.forEach((next) =>
      controller.enqueue(encoder.encode(`event: line\ndata: ${JSON.stringify(next)}\n\n`)),
    );
  return { answer, print, asked };
}
const shown = () => within(screen.getByRole('log')).getAllByText(/./, { selector: 'code > span:last-child' }).map((span) => span.textContent); // prettier-ignore

test('lines come as they are printed; a search, a stream and holding narrow what is shown', async () => {
  const { answer, print } = openLog();
  renderApp({ routes: { [PATH]: answer }, page, at: '/logs' });
  await screen.findByText('Live');
  print(line('one apple'), line('two', 'stderr'));
  await waitFor(() => expect(shown()).toEqual(['one apple', 'two']));
  await userEvent.click(screen.getByRole('button', { name: 'Hold' }));
  print(line('three apples', 'stdout', 2));
  await screen.findByText('Held, 1 new');
  expect(shown()).toEqual(['one apple', 'two']);
  await userEvent.click(screen.getByRole('button', { name: 'Go on' }));
  expect(shown()).toEqual(['one apple', 'two', 'three apples']);
  await userEvent.keyboard('/');
  await userEvent.keyboard('APPLE');
  expect(shown()).toEqual(['one apple', 'three apples']);
  expect(screen.getByText('2 of 3 lines')).toBeTruthy();
});

test('the lines of one call are asked for by its request, which the address names', async () => {
  const { answer, asked } = openLog();
  const { router } = renderApp({ routes: { [PATH]: answer }, page, at: '/logs?request=abc&version=2' });
  await screen.findByText('request: abc');
  expect(asked[0]).toBe('follow=true&tail=500&requestId=abc&version=2');
  await userEvent.click(screen.getByTestId('CancelIcon'));
  await waitFor(() => expect(asked.at(-1)).toBe('follow=true&tail=500&version=2'));
  expect(router.state.location.search).toBe('?version=2');
});

test('who may not read logs is told so, and not asked again', async () => {
  renderApp({
    routes: { [PATH]: () => problem('forbidden', 'Invokers may not read logs.', 403) },
    page,
    at: '/logs',
  });
  expect(await screen.findByText('Invokers may not read logs.')).toBeTruthy();
});
