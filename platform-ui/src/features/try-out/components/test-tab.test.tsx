import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { unzipSync, zipSync } from 'fflate';
import { expect, test } from 'vitest';
import type { DraftResult } from '@plat/platform-kit/api/drafts-api.ts';
import { FunctionContext } from '../../../components/function-context.ts';
import { SourceDraftKeeper } from '../../../components/source-draft-keeper.tsx';
import { textFile } from '../../../archive/source-files.ts';
import { useSourceDraft } from '../../../components/source-draft.ts';
import { CONFIG, functionView } from '../../../testing/function-view.ts';
import { problem, renderApp, type Handler } from '../../../testing/render-app.tsx';
import { versionRecord } from '../../../testing/version.ts';
import { TestTab } from './test-tab.tsx';

const FUNCTION = '/api/projects/default/functions/hello';
const SERVER = { ...CONFIG, contract: 'http', handler: null, memoryMb: 256 } as const;
const VIEW = functionView({ latest: 3, live: SERVER });
const RESULT: DraftResult = {
  requestId: 'draft-1', outcome: 'ok', status: 200, headers: { 'content-type': 'application/json' }, body: '{"hello":"Ada"}',
  isBase64: false, isCut: false, error: null, cpuMs: 3, memoryBytes: 1024 * 1024, buildMs: 1500, startMs: 400, durationMs: 20,
  logs: [{ at: '2026-01-02T03:04:05.000Z', instance: 'i', version: 1, stream: 'stdout', requestId: 'draft-1', text: 'seen Ada' }],
}; // prettier-ignore

/** What a form of a draft says, with the file that it brings. */
async function readForm(body: unknown) {
  const form = body as FormData;
  const archive = new Uint8Array(await (form.get('source') as Blob).arrayBuffer());
  const part = (name: string): unknown => JSON.parse(form.get(name) as string);
  return {
    config: part('config'),
    request: part('request'),
    code: new TextDecoder().decode(unzipSync(archive)['server.js']),
  };
}

function Change() {
  const { setDraft } = useSourceDraft();
  return <button onClick={() => setDraft({ number: 3, files: [textFile('server.js', 'changed')] })}>Change</button>; // prettier-ignore
}

function show(answer: Handler, at: string) {
  const archive = zipSync({ 'server.js': new TextEncoder().encode('as deployed') });
  return renderApp({
    routes: {
      [`GET ${FUNCTION}/versions/3`]: () => ({ body: versionRecord({ number: 3, config: SERVER }) }),
      [`GET ${FUNCTION}/versions/3/source`]: () => ({ bytes: archive }),
      'POST /api/functions/test': answer,
    },
    page: [{ path: '/test', element: <FunctionContext value={VIEW}><SourceDraftKeeper within="/test"><Change /><TestTab /></SourceDraftKeeper></FunctionContext> }],
    at,
  }); // prettier-ignore
}

test('a draft is run with the newest code and its settings, and shown with its times, use and lines', async () => {
  const sent: unknown[] = [];
  show(async ({ body }) => {
    sent.push(await readForm(body));
    return { body: RESULT };
  }, '/test?run=draft');
  const run = await screen.findByRole('button', { name: 'Run' });
  await expect.poll(() => run.hasAttribute('disabled')).toBe(false);
  await userEvent.click(run);
  expect(await screen.findByText('seen Ada')).toBeTruthy();
  expect(sent).toMatchObject([
    { config: { memory: 256 }, code: 'as deployed', request: { method: 'GET', path: '/' } },
  ]);
  const phases = screen.getByRole('table', { name: 'Phases of the draft' });
  expect(within(phases).getByRole('row', { name: /Building the image.*1.50 s/ })).toBeTruthy();
  expect(screen.getByLabelText('Body').textContent).toContain('"hello": "Ada"');
});

test('what was changed in the editor is what is run, by mod+enter; a failure says whose it is', async () => {
  const sent: unknown[] = [];
  const error = { code: 'function_failed', message: 'boom', component: 'function-proxy' } as const;
  show(async ({ body }) => {
    sent.push(await readForm(body));
    return { body: { ...RESULT, status: 502, outcome: 'function_error', error, body: '' } };
  }, '/test?run=draft');
  await userEvent.click(await screen.findByRole('button', { name: 'Change' }));
  expect(await screen.findByText(/^The code you changed with the settings of version 3/)).toBeTruthy();
  await expect.poll(() => screen.getByRole('button', { name: 'Run' }).hasAttribute('disabled')).toBe(false);
  await userEvent.keyboard('{Control>}{Enter}{/Control}');
  expect(await screen.findByText('boom')).toBeTruthy();
  expect(sent).toMatchObject([{ code: 'changed' }]);
  expect(screen.getByText('the platform (function-proxy)')).toBeTruthy();
});

test('a run that is given up with esc leaves the page as it was', async () => {
  show(() => new Promise(() => undefined), '/test?run=draft');
  const run = await screen.findByRole('button', { name: 'Run' });
  await expect.poll(() => run.hasAttribute('disabled')).toBe(false);
  await userEvent.click(run);
  expect(await screen.findByText('Building, starting, calling …')).toBeTruthy();
  await userEvent.keyboard('{Escape}');
  expect(await screen.findByText('No call yet')).toBeTruthy();
});

test('a platform that refuses the draft says why', async () => {
  show(() => problem('too_large', 'The archive is too large.', 413), '/test?run=draft');
  const run = await screen.findByRole('button', { name: 'Run' });
  await expect.poll(() => run.hasAttribute('disabled')).toBe(false);
  await userEvent.click(run);
  expect(await screen.findByText('The archive is too large.')).toBeTruthy();
});
