import { afterEach, describe, expect, it } from 'vitest';
import { ProxyHarness, until } from './testing/proxy-harness.ts';
import { fakeFunction, fakeVersion } from './testing/fake-records.ts';

let harness: ProxyHarness;
afterEach(() => harness.close());

describe('invoke() routes', () => {
  it('carries a call to a ready instance and its answer back', async () => {
    const hello = fakeFunction({ name: 'hello' });
    harness = await ProxyHarness.start([hello]);
    const instance = await harness.addInstance(hello, {
      behaviour: (req, res) => {
        res.setHeader('set-cookie', ['a=1', 'b=2']);
        res.setHeader('x-own', 'yes');
        res.statusCode = 201;
        res.end(`${req.method} ${req.url}`);
      },
    });
    const reply = await harness.call('/hello/a/b?c=d&e', { method: 'POST', body: 'text' });
    expect(reply).toMatchObject({ status: 201, body: 'POST /a/b?c=d&e' });
    expect(reply.headers).toMatchObject({ 'x-own': 'yes', 'set-cookie': ['a=1', 'b=2'] });
    expect(instance.requests).toHaveLength(1);
  });

  it('splits an alias over versions by weight', async () => {
    const weights = [
      { version: 1, weight: 75 },
      { version: 2, weight: 25 },
    ];
    const hello = fakeFunction({
      name: 'hello',
      versions: [{ number: 1 }, { number: 2 }],
      aliases: { live: weights },
    });
    harness = await ProxyHarness.start([hello]);
    await harness.addInstance(hello, { version: 1, behaviour: (_req, res) => void res.end('one') });
    await harness.addInstance(hello, { version: 2, behaviour: (_req, res) => void res.end('two') });
    harness.random = 0.74;
    expect((await harness.call('/hello')).body).toBe('one');
    harness.random = 0.75;
    expect((await harness.call('/hello')).body).toBe('two');
  });

  it('follows the feed: a moved alias takes effect, and a feed that is away changes nothing', async () => {
    const hello = fakeFunction({ name: 'hello', versions: [{ number: 1 }, { number: 2 }] });
    harness = await ProxyHarness.start([hello]);
    await harness.addInstance(hello, { version: 1, behaviour: (_req, res) => void res.end('one') });
    await harness.addInstance(hello, { version: 2, behaviour: (_req, res) => void res.end('two') });
    expect((await harness.call('/hello')).body).toBe('one');
    const moved = fakeFunction({
      name: 'hello',
      versions: [{ number: 1 }, { number: 2 }],
      aliases: { live: [{ version: 2, weight: 100 }] },
    });
    harness.metadata.put(moved);
    await until(() => harness.metadata.calls.changes >= 3);
    expect((await harness.call('/hello')).body).toBe('two');
    harness.metadata.goAway();
    harness.source.isAway = true;
    harness.source.breakStream();
    await until(() => harness.metadata.calls.changes >= 5 && harness.source.calls.list >= 4);
    expect((await harness.call('/hello')).body).toBe('two');
    harness.metadata.isAway = false;
  });

  it('answers 404 for an unknown function, alias and version, and 503 for a stopped function', async () => {
    const hello = fakeFunction({ name: 'hello' });
    const still = fakeFunction({ name: 'still', state: 'stopped' });
    const fresh = fakeFunction({ name: 'fresh', versions: [{ number: 1, state: 'building' }], aliases: {} });
    harness = await ProxyHarness.start([hello, still, fresh]);
    const problem = async (path: string) => {
      const { status, body } = await harness.call(path);
      return { status, detail: JSON.parse(body).detail };
    };
    expect(await problem('/nobody')).toMatchObject({
      status: 404,
      detail: expect.stringContaining('"nobody"'),
    });
    expect(await problem('/still')).toEqual({
      status: 503,
      detail: 'The function "still" is stopped; start it with plat start still.',
    });
    expect(await problem('/fresh')).toEqual({
      status: 503,
      detail: 'The function "fresh" has no version that is ready. Version 1 is building.',
    });
    harness.target = { selector: { alias: 'beta' } };
    expect(await problem('/hello')).toMatchObject({ status: 404, detail: expect.stringContaining('"beta"') });
    harness.target = { selector: { version: 7 } };
    expect(await problem('/hello')).toMatchObject({
      status: 404,
      detail: expect.stringContaining('version 7'),
    });
  });

  it('asks once for a past version and keeps the answer', async () => {
    const hello = fakeFunction({ name: 'hello', versions: [{ number: 5 }] });
    harness = await ProxyHarness.start([hello]);
    harness.metadata.past.set('default/hello/3', fakeVersion({ number: 3 }, hello));
    await harness.addInstance(hello, { version: 3, behaviour: (_req, res) => void res.end('three') });
    harness.target = { selector: { version: 3 } };
    for (let i = 0; i < 3; i++) expect((await harness.call('/hello')).body).toBe('three');
    expect(harness.metadata.calls.getVersion).toBe(1);
  });

  it('needs no call to the engine, the controller or the record on the warm path', async () => {
    const hello = fakeFunction({ name: 'hello' });
    harness = await ProxyHarness.start([hello]);
    await harness.addInstance(hello);
    await harness.call('/hello');
    await harness.executions(1);
    const before = { ...harness.metadata.calls, ...harness.source.calls };
    for (let i = 0; i < 50; i++) expect((await harness.call('/hello')).status).toBe(200);
    const after = { ...harness.metadata.calls, ...harness.source.calls };
    // Records are sent off the path, in a batch.
    expect({ ...after, recordTexts: 0 }).toEqual({ ...before, recordTexts: 0 });
    expect(harness.controller.wakes).toEqual([]);
  });

  it('refuses paths under /_plat however they are written', async () => {
    const hello = fakeFunction({ name: 'hello' });
    harness = await ProxyHarness.start([hello]);
    const instance = await harness.addInstance(hello);
    for (const path of [
      '/_plat/ready',
      '//_plat/ready',
      '/%5fplat/ready',
      '/a/../_plat/specialize',
      '/_plat',
    ]) {
      harness.target = { path };
      expect(await harness.call('/hello')).toMatchObject({ status: 404 });
    }
    harness.target = {};
    expect((await harness.call('/hello/x/_plat/ready')).status).toBe(200);
    expect(instance.requests.map(({ url }) => url)).toEqual(['/x/_plat/ready']);
  });
});

describe('invoke() keeps headers apart', () => {
  it('strips hop-by-hop and x-plat headers both ways and sets its own', async () => {
    const hello = fakeFunction({ name: 'hello', versions: [{ number: 1, timeoutMs: 4321 }] });
    harness = await ProxyHarness.start([hello]);
    const instance = await harness.addInstance(hello, {
      behaviour: (_req, res) => {
        res.writeHead(200, {
          'x-plat-cpu-us': '1500',
          'x-plat-secret': 'no',
          'x-request-id': 'theirs',
          connection: 'x-hop',
          'x-hop': 'gone',
          'keep-alive': 'timeout=9',
          'x-kept': 'yes',
        });
        res.end('ok');
      },
    });
    harness.target = { requestId: 'r-1' };
    const reply = await harness.call('/hello', {
      headers: {
        'x-plat-outcome': 'ok',
        x_plat_trigger: 'forged',
        'x-request-id': 'theirs',
        authorization: 'Bearer secret',
        'x-forwarded-for': '9.9.9.9',
        te: 'trailers',
        host: 'example.test:81',
        'x-kept': 'yes',
      },
    });
    const { headers } = instance.requests[0]!;
    expect(headers).toMatchObject({
      host: 'example.test:81',
      'x-kept': 'yes',
      'x-request-id': 'r-1',
      'x-plat-request-id': 'r-1',
      'x-plat-timeout-ms': '4321',
      'x-plat-trigger': 'api',
      'x-forwarded-for': '9.9.9.9, 127.0.0.1',
      'x-forwarded-proto': 'http',
      'x-forwarded-host': 'example.test:81',
    });
    for (const name of ['x-plat-outcome', 'x_plat_trigger', 'authorization', 'te', 'x-plat-event'])
      expect(headers).not.toHaveProperty(name);
    expect(reply.headers).toMatchObject({ 'x-request-id': 'r-1', 'x-kept': 'yes' });
    for (const name of ['x-plat-cpu-us', 'x-plat-secret', 'x-hop'])
      expect(reply.headers).not.toHaveProperty(name);
    expect((await harness.executions(1))[0]).toMatchObject({ cpuMs: 1.5, requestId: 'r-1', status: 200 });
  });

  it('marks direct invokes, and turns an error report into function_failed', async () => {
    const hello = fakeFunction({ name: 'hello' });
    harness = await ProxyHarness.start([hello]);
    const instance = await harness.addInstance(hello, {
      behaviour: (req, res) => {
        const [, outcome = '', status = '500'] = req.url!.split('/');
        res.writeHead(Number(status), { 'x-plat-outcome': outcome });
        res.end(JSON.stringify({ errorType: 'TypeError', errorMessage: 'x is not a function' }));
      },
    });
    harness.target = { trigger: 'invoke', requestId: 'r-2' };
    const failed = await harness.call('/hello/error');
    expect(instance.requests[0]!.headers['x-plat-event']).toBe('direct');
    expect(failed.status).toBe(502);
    expect(JSON.parse(failed.body)).toMatchObject({
      code: 'function_failed',
      component: 'function-proxy',
      requestId: 'r-2',
      detail: 'The function failed: TypeError: x is not a function',
      details: { errorType: 'TypeError', errorMessage: 'x is not a function' },
    });
    const wrong = JSON.parse((await harness.call('/hello/invalid')).body);
    expect(wrong.detail).toBe("The function's answer was not valid: x is not a function");
    expect(await harness.call('/hello/invalid/400')).toMatchObject({ status: 400 });
    harness.target = { trigger: 'edge', requestId: 'r-3' };
    const edge = JSON.parse((await harness.call('/hello/error')).body);
    expect(edge.detail).toContain('plat logs --request-id r-3');
    expect(JSON.stringify(edge)).not.toContain('TypeError');
    const kept = await harness.executions(4);
    expect(kept[0]).toMatchObject({ status: 502, outcome: 'function_error', errorCode: 'function_failed' });
  });

  it('passes statuses of the function itself through untouched, 500 as well', async () => {
    const hello = fakeFunction({ name: 'hello' });
    harness = await ProxyHarness.start([hello]);
    await harness.addInstance(hello, {
      behaviour: (req, res) => {
        res.writeHead(Number(req.url!.slice(1)), { 'x-plat-outcome': 'ok', etag: '"e"' });
        res.end('own');
      },
    });
    expect(await harness.call('/hello/500')).toMatchObject({ status: 500, body: 'own' });
    expect(await harness.call('/hello/204')).toMatchObject({ status: 204, body: '' });
    expect(await harness.call('/hello/304')).toMatchObject({
      status: 304,
      body: '',
      headers: { etag: '"e"' },
    });
    expect((await harness.executions(3))[0]).toMatchObject({ status: 500, outcome: 'ok', errorCode: null });
  });

  it('answers HEAD with the headers alone and leaves the connection usable', async () => {
    const hello = fakeFunction({ name: 'hello' });
    harness = await ProxyHarness.start([hello]);
    await harness.addInstance(hello, {
      behaviour: (_req, res) => {
        res.writeHead(200, { 'content-length': '1234' });
        res.end();
      },
    });
    const reply = await harness.call('/hello', { method: 'HEAD' });
    expect(reply).toMatchObject({ status: 200, body: '', headers: { 'content-length': '1234' } });
    expect((await harness.call('/hello', { method: 'HEAD' })).status).toBe(200);
  });
});
