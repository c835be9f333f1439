import { request, type ClientRequest, type IncomingMessage } from 'node:http';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import { poll } from '@plat/platform-kit/waiting.ts';
import { startGateway, type TestGateway } from './testing/start-gateway.ts';

const PATH = '/api/projects/shop/functions/cart/versions';
const CONFIG = JSON.stringify({ runtime: 'node', memory: '256MB', env: { A: '1' } });
const LIMIT = 100_000;

let gateway: TestGateway;
beforeEach(async () => {
  gateway = await startGateway({ SOURCE_LIMIT_BYTES: String(LIMIT) });
});
afterEach(() => gateway.close());

type Part = [name: string, value: string | Buffer];

/** Strings are fields, buffers are files; in the order given. */
function formOf(parts: Part[]): FormData {
  const form = new FormData();
  for (const [name, value] of parts) {
    if (typeof value === 'string') form.append(name, value);
    else form.append(name, new Blob([new Uint8Array(value)]), `${name}.bin`);
  }
  return form;
}

async function deploy(parts: Part[], path = PATH) {
  const response = await fetch(gateway.url + path, {
    method: 'POST',
    headers: { authorization: 'Bearer plat_shop-developer' },
    body: formOf(parts),
  });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

const ZIP: Part = ['source', Buffer.from('a zip')];
const BAD_CONFIG: Part = ['config', '{"runtime":"nodee"}'];

test.each<[string, Part[]]>([
  ['configuration first', [['config', CONFIG], ZIP]],
  ['source first', [ZIP, ['config', CONFIG]]],
  ['configuration as a file', [['config', Buffer.from(CONFIG)], ZIP]],
  ['options', [['options', '{}'], ['config', CONFIG], ZIP]],
])('a deploy with %s is accepted, resolved, checked and recorded', async (_what, parts) => {
  const { status, headers, body } = await deploy(parts);
  expect(body).toMatchObject({ number: 1, state: 'pending', promote: true });
  expect(status).toBe(202);
  expect(headers.get('location')).toBe(`${PATH}/1`);
  const [call] = gateway.metadata.calls;
  expect(call).toMatchObject({
    what: 'createVersion',
    body: {
      actor: 'shop-dev',
      sourceBytes: 5,
      promote: true,
      config: {
        runtime: 'node',
        handler: 'index.handler',
        memoryMb: 256,
        timeoutMs: 30_000,
        env: { A: '1' },
      },
    },
  });
  const { sourceDigest } = call!.body as { sourceDigest: string };
  expect(gateway.builder.sources.get(sourceDigest)?.toString()).toBe('a zip');
  expect(gateway.builder.checks).toMatchObject([{ config: { handler: 'index.handler' } }]);
});

test('options say that the version is not to become live', async () => {
  expect((await deploy([['options', '{"promote":false}'], ['config', CONFIG], ZIP])).body).toMatchObject({
    promote: false,
  });
});

test.each<[string, Part[], RegExp]>([
  ['no source', [['config', CONFIG]], /Part "source": missing/],
  ['no configuration', [ZIP], /Part "config": missing/],
  ['nothing', [['options', '{}']], /Part "config" and "source": missing/],
  ['two configurations', [['config', CONFIG], ['config', CONFIG], ZIP], /Part "config": it is there twice/],
  ['two sources', [ZIP, ZIP, ['config', CONFIG]], /Part "source": it is there twice/],
  ['an unknown part', [['config', CONFIG], ZIP, ['colour', 'red']], /Part "colour": there is no such part/],
  [
    'an unknown file',
    [['config', CONFIG], ZIP, ['image', Buffer.from('x')]],
    /Part "image": there is no such part/,
  ],
  [
    'a source that is no file',
    [
      ['config', CONFIG],
      ['source', 'text'],
    ],
    /Part "source": it must be a file/,
  ],
  [
    'an empty source',
    [
      ['config', CONFIG],
      ['source', Buffer.alloc(0)],
    ],
    /Part "source": it is empty/,
  ],
  ['a broken configuration', [['config', '{'], ZIP], /Part "config" is not valid JSON/],
  ['an unknown key', [['config', '{"runtime":"node","memmory":1}'], ZIP], /did you mean "memory"/],
  ['an unknown runtime', [BAD_CONFIG, ZIP], /did you mean "node"/],
  ['an unknown option', [['options', '{"promot":true}'], ['config', CONFIG], ZIP], /did you mean "promote"/],
  ['a wrong configuration after the source', [ZIP, BAD_CONFIG], /did you mean "node"/],
])('a deploy with %s is invalid and says which part', async (_what, parts, detail) => {
  const { status, body } = await deploy(parts);
  expect(body).toMatchObject({ code: 'invalid', detail: expect.stringMatching(detail) });
  expect(status).toBe(400);
  expect(gateway.metadata.calls).toEqual([]);
});

test.each([
  [
    'memory',
    { memory: '2GB' },
    /^memory: 2048 never fits: all instances together may take 1024 MB of this host/,
  ],
  ['cpu', { cpu: 41 }, /^cpu: 41 never fits/],
  ['scale.min', { memory: '256MB', scale: { min: 5 } }, /^scale\.min: 5 never fits: .* each takes 256 MB/],
])('a deploy whose %s could never fit on the host is invalid', async (field, settings, detail) => {
  const { status, body } = await deploy([['config', JSON.stringify({ runtime: 'node', ...settings })], ZIP]);
  expect(body).toMatchObject({ code: 'invalid', details: { field }, detail: expect.stringMatching(detail) });
  expect(status).toBe(400);
  expect(gateway.metadata.calls).toEqual([]);
});

test('while nobody knows what fits, a deploy is not refused for it', async () => {
  gateway.controller.capacity = { ...gateway.controller.capacity, budget: null };
  expect((await deploy([['config', JSON.stringify({ runtime: 'node', memory: '2GB' })], ZIP])).status).toBe(
    202,
  );
});

test.each(['application/json', 'application/zip', 'multipart/form-data', 'multipart/mixed; boundary=x', ''])(
  'a deploy of content-type %o is invalid and says what is expected',
  async (type) => {
    const answer = await gateway.call('POST', PATH, { body: {}, headers: { 'content-type': type } });
    expect(answer).toMatchObject({
      status: 400,
      body: { detail: expect.stringMatching(/Expected multipart\/form-data/) },
    });
    expect(gateway.builder.uploads).toBe(0);
  },
);

test.each(['at-once', 'at-end'] as const)(
  'what the builder finds wrong with an archive %s is told',
  async (when) => {
    gateway.builder.refuse = { when, error: new PlatformError('invalid', 'This is not a zip.') };
    const large: Part = ['source', Buffer.alloc(LIMIT)];
    expect(await deploy([['config', CONFIG], large])).toMatchObject({
      status: 400,
      body: { detail: 'This is not a zip.', component: 'builder' },
    });
    expect((await deploy([large, BAD_CONFIG])).body.detail).toMatch(/did you mean "node"/);
    expect(gateway.metadata.calls).toEqual([]);
  },
);

test('a large archive that the builder refuses before it read any of it is told at once', async () => {
  await gateway.close();
  gateway = await startGateway({ SOURCE_LIMIT_BYTES: '20000000' });
  gateway.builder.refuse = { when: 'at-once', error: new PlatformError('unavailable', 'The disk is full.') };
  const large: Part = ['source', Buffer.alloc(20_000_000)];
  expect(await deploy([['config', CONFIG], large])).toMatchObject({
    status: 503,
    body: { detail: 'The disk is full.', component: 'builder' },
  });
});

test('a source without the handler’s file makes no version', async () => {
  gateway.builder.checkError = new PlatformError('invalid', 'There is no index.js.');
  expect(await deploy([['config', CONFIG], ZIP])).toMatchObject({
    status: 400,
    body: { detail: 'There is no index.js.' },
  });
  expect(gateway.metadata.calls).toEqual([]);
});

test('a source of exactly the limit is taken, one byte more is too large and nothing of it is kept', async () => {
  expect(
    (
      await deploy([
        ['config', CONFIG],
        ['source', Buffer.alloc(LIMIT)],
      ])
    ).status,
  ).toBe(202);
  gateway.builder.sources.clear();
  for (const bytes of [LIMIT + 1, LIMIT * 8, LIMIT * 40]) {
    const answer = await deploy([
      ['config', CONFIG],
      ['source', Buffer.alloc(bytes)],
    ]);
    expect(answer).toMatchObject({ status: 413, body: { code: 'too_large' } });
  }
  expect(gateway.builder.sources.size).toBe(0);
});

test('text parts have a limit too, as fields and as files', async () => {
  const long = JSON.stringify({ runtime: 'node', handler: 'x'.repeat(300_000) });
  for (const config of [long, Buffer.from(long)]) {
    expect(await deploy([['config', config], ZIP])).toMatchObject({
      status: 413,
      body: { code: 'too_large' },
    });
  }
});

test('a deploy is refused at once, with the reason, while the engine is away', async () => {
  gateway.controller.engine = {
    engine: 'docker',
    available: false,
    version: null,
    problem: 'Docker is not running. Start it.',
    instances: 0,
  };
  const answer = await deploy([['config', CONFIG], ZIP]);
  expect(answer).toMatchObject({
    status: 503,
    body: { code: 'unavailable', detail: 'Docker is not running. Start it.' },
  });
  expect(answer.headers.get('retry-after')).toBe('5');
  expect(gateway.builder.uploads).toBe(0);
});

test('names are checked before the body is read', async () => {
  const answer = await deploy([['config', CONFIG], ZIP], '/api/projects/shop/functions/Cart/versions');
  expect(answer).toMatchObject({ status: 400, body: { detail: expect.stringMatching(/name: a name has/) } });
  expect(gateway.builder.uploads).toBe(0);
});

const BOUNDARY = 'a-boundary';
const CONFIG_PART = `--${BOUNDARY}\r\nContent-Disposition: form-data; name="config"\r\n\r\n${CONFIG}\r\n`;
const SOURCE_HEAD = `--${BOUNDARY}\r\nContent-Disposition: form-data; name="source"; filename="s.zip"\r\n\r\n`;

/** A deploy of which the test sends the body by hand. */
function openDeploy(): { upload: ClientRequest; answer: Promise<IncomingMessage> } {
  const upload = request(gateway.url + PATH, {
    method: 'POST',
    headers: {
      authorization: 'Bearer plat_shop-developer',
      'content-type': `multipart/form-data; boundary=${BOUNDARY}`,
    },
  });
  const answer = new Promise<IncomingMessage>((resolve, reject) =>
    upload.on('response', resolve).on('error', reject),
  );
  answer.catch(() => undefined);
  return { upload, answer };
}

const until = (condition: () => boolean) =>
  poll(async () => (condition() ? true : undefined), { intervalMs: 5, timeoutMs: 5000 });

test('the archive reaches the builder while it is still being sent', async () => {
  const { upload, answer } = openDeploy();
  upload.write(CONFIG_PART + SOURCE_HEAD + 'x'.repeat(50_000));
  expect(await until(() => gateway.builder.received > 10_000)).toBe(true);
  upload.end(`y\r\n--${BOUNDARY}--\r\n`);
  expect((await answer).statusCode).toBe(202);
});

test('an upload that the client breaks off is broken off at the builder, and nothing is kept', async () => {
  const { upload } = openDeploy();
  upload.write(CONFIG_PART + SOURCE_HEAD + 'x'.repeat(50_000));
  expect(await until(() => gateway.builder.received > 0)).toBe(true);
  upload.destroy();
  expect(await until(() => gateway.builder.brokenUploads === 1)).toBe(true);
  expect(gateway.builder.sources.size).toBe(0);
  expect(gateway.metadata.calls).toEqual([]);
});

test('a form without its end is invalid, and nothing is kept', async () => {
  const { upload, answer } = openDeploy();
  upload.write(CONFIG_PART + SOURCE_HEAD + 'x'.repeat(50_000));
  expect(await until(() => gateway.builder.received > 0)).toBe(true);
  upload.end();
  expect((await answer).statusCode).toBe(400);
  expect(await until(() => gateway.builder.brokenUploads === 1)).toBe(true);
  expect(gateway.builder.sources.size).toBe(0);
});

test('a wrong configuration is told while the archive is still being sent', async () => {
  const { upload, answer } = openDeploy();
  upload.write(CONFIG_PART.replace('"node"', '"nodee"') + SOURCE_HEAD + 'x'.repeat(50_000));
  const { statusCode } = await answer;
  upload.destroy();
  expect(statusCode).toBe(400);
  expect(gateway.builder.sources.size).toBe(0);
});
