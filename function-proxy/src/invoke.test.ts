import { request as httpRequest } from 'node:http';
import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { request } from 'undici';
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
    expect({ ...after, recordExecutions: 0 }).toEqual({ ...before, recordExecutions: 0 });
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

describe('invoke() streams', () => {
  it('hands on the first bytes, and bare headers, before the answer is complete', async () => {
    const hello = fakeFunction({ name: 'hello' });
    harness = await ProxyHarness.start([hello]);
    let goOn: () => void = () => undefined;
    await harness.addInstance(hello, {
      behaviour: (_req, res) => {
        res.writeHead(200, { 'content-type': 'text/event-stream' });
        res.flushHeaders();
        goOn = () => {
          res.write('data: 1\n\n');
          goOn = () => res.end('data: 2\n\n');
        };
      },
    });
    const response = await request(`${harness.frontUrl}/hello`, { dispatcher: harness.agent });
    expect(response.headers['content-type']).toBe('text/event-stream');
    const chunks = response.body[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
    goOn();
    expect(String((await chunks.next()).value)).toBe('data: 1\n\n');
    goOn();
    expect(String((await chunks.next()).value)).toBe('data: 2\n\n');
    expect((await chunks.next()).done).toBe(true);
  });

  it('carries a large answer whole, at the pace of the reader', async () => {
    const hello = fakeFunction({ name: 'hello' });
    harness = await ProxyHarness.start([hello]);
    const total = 64 * 1024 * 1024;
    let sent = 0;
    await harness.addInstance(hello, {
      behaviour: (_req, res) => {
        const block = Buffer.alloc(64 * 1024, 7);
        const body = new Readable({
          read() {
            sent += block.length;
            this.push(sent > total ? null : block);
          },
        });
        body.pipe(res);
      },
    });
    const response = await request(`${harness.frontUrl}/hello`, { dispatcher: harness.agent });
    await delay(300);
    // What the sockets and buffers on the way hold, and not the whole answer.
    expect(sent).toBeLessThan(total / 2);
    let received = 0;
    for await (const chunk of response.body as AsyncIterable<Buffer>) received += chunk.length;
    expect(received).toBe(total);
  });

  it('carries an upload at the pace of the function', async () => {
    const hello = fakeFunction({ name: 'hello' });
    harness = await ProxyHarness.start([hello]);
    harness.target = { bodyLimitBytes: 1e9 };
    let start: () => void = () => undefined;
    await harness.addInstance(hello, {
      behaviour: (req, res) => {
        let received = 0;
        start = () => {
          req.on('data', (chunk: Buffer) => (received += chunk.length));
          req.on('end', () => res.end(String(received)));
        };
      },
    });
    const total = 64 * 1024 * 1024;
    let sent = 0;
    const block = Buffer.alloc(64 * 1024);
    const upload = new Readable({
      read() {
        sent += block.length;
        this.push(sent > total ? null : block);
      },
    });
    const reply = harness.call('/hello', { method: 'POST', body: upload });
    await delay(300);
    expect(sent).toBeLessThan(total / 2);
    start();
    expect((await reply).body).toBe(String(total));
  });

  it('takes an answer that comes before the whole body was sent', async () => {
    const hello = fakeFunction({ name: 'hello' });
    harness = await ProxyHarness.start([hello]);
    harness.target = { bodyLimitBytes: 1e9 };
    await harness.addInstance(hello, { behaviour: (_req, res) => void res.end('enough') });
    const upload = () => Readable.from(Array.from({ length: 100 }, () => Buffer.alloc(64 * 1024)));
    for (let i = 0; i < 3; i++)
      expect((await harness.call('/hello', { method: 'PUT', body: upload() })).body).toBe('enough');
  });

  it('refuses a body past the limit: by its length before reading, in chunks while it comes', async () => {
    const hello = fakeFunction({ name: 'hello' });
    harness = await ProxyHarness.start([hello]);
    harness.target = { bodyLimitBytes: 1000 };
    let aborted = 0;
    const instance = await harness.addInstance(hello, {
      behaviour: (req, res) => {
        req.on('aborted', () => aborted++);
        req.resume().on('end', () => res.end('took it'));
      },
    });
    const long = await harness.call('/hello', { method: 'POST', body: 'x'.repeat(1001) });
    expect(long.status).toBe(413);
    expect(instance.requests).toHaveLength(0);
    const chunked = await harness.call('/hello', {
      method: 'POST',
      body: Readable.from([Buffer.alloc(600), Buffer.alloc(600)]),
    });
    expect(chunked.status).toBe(413);
    expect(JSON.parse(chunked.body)).toMatchObject({ code: 'too_large', details: { limitBytes: 1000 } });
    await until(() => aborted === 1);
    expect((await harness.call('/hello', { method: 'POST', body: 'x'.repeat(1000) })).body).toBe('took it');
  });

  it('hands on trailers except the platform’s own, which it reads', async () => {
    const hello = fakeFunction({ name: 'hello' });
    harness = await ProxyHarness.start([hello]);
    await harness.addInstance(hello, {
      behaviour: (_req, res) => {
        res.writeHead(200, { trailer: 'x-sum' });
        res.write('body');
        res.addTrailers({ 'x-sum': '42', 'x-plat-memory-bytes': '77' });
        res.end();
      },
    });
    const response = await request(`${harness.frontUrl}/hello`, { dispatcher: harness.agent });
    await response.body.text();
    expect(response.trailers).toEqual({ 'x-sum': '42' });
    expect((await harness.executions(1))[0]).toMatchObject({ memoryBytes: 77, bytesOut: 4 });
  });
});

describe('invoke() when things go wrong', () => {
  it('says that the instance broke the connection, and does not run the call twice', async () => {
    const hello = fakeFunction({ name: 'hello' });
    harness = await ProxyHarness.start([hello]);
    const instance = await harness.addInstance(hello, { behaviour: (req) => void req.socket.destroy() });
    const reply = await harness.call('/hello', { method: 'POST', body: 'x' });
    expect(reply.status).toBe(502);
    expect(JSON.parse(reply.body).detail).toBe(
      'The instance exited or broke the connection during the call.',
    );
    expect(instance.requests).toHaveLength(1);
  });

  it('cuts the connection when the instance breaks in the middle of an answer', async () => {
    const hello = fakeFunction({ name: 'hello' });
    harness = await ProxyHarness.start([hello]);
    await harness.addInstance(hello, {
      behaviour: (req, res) => {
        res.writeHead(200, { 'content-length': '100' });
        res.write('part');
        setTimeout(() => req.socket.destroy(), 20);
      },
    });
    await expect(harness.call('/hello')).rejects.toThrow();
    expect((await harness.executions(1))[0]).toMatchObject({
      status: 502,
      outcome: 'function_error',
      bytesOut: 4,
    });
  });

  it('sends a call elsewhere when an instance takes no connection, whatever the method', async () => {
    const hello = fakeFunction({ name: 'hello' });
    harness = await ProxyHarness.start([hello]);
    const first = await harness.addInstance(hello, { id: 'first' });
    await harness.addInstance(hello, {
      behaviour: (req, res) => void req.pipe(res),
    });
    await first.close();
    const replies = await Promise.all(
      ['a', 'b', 'c'].map((body) => harness.call('/hello', { method: 'POST', body })),
    );
    expect(replies.map(({ body }) => body)).toEqual(['a', 'b', 'c']);
    expect(await harness.client.readiness('first', { waitMs: 0 })).toEqual({ state: 'probing' });
  });

  it('repeats a GET on the same instance when a kept connection turns out to be closed', async () => {
    const hello = fakeFunction({ name: 'hello' });
    harness = await ProxyHarness.start([hello]);
    let cut = false;
    const instance = await harness.addInstance(hello, {
      behaviour: (req, res) => {
        if (cut) req.socket.destroy();
        else res.end('ok');
        cut = false;
      },
    });
    await harness.call('/hello');
    cut = true;
    expect((await harness.call('/hello')).body).toBe('ok');
    expect(instance.requests).toHaveLength(3);
  });

  it('ends a call that exceeds the version’s timeout and replaces an instance that hangs', async () => {
    const hello = fakeFunction({ name: 'hello', versions: [{ number: 1, timeoutMs: 100 }] });
    harness = await ProxyHarness.start([hello]);
    const instance = await harness.addInstance(hello, { id: 'slow', behaviour: () => undefined });
    const reply = await harness.call('/hello');
    expect(reply.status).toBe(504);
    expect(JSON.parse(reply.body)).toMatchObject({ code: 'function_timeout', details: { timeoutMs: 100 } });
    await delay(50);
    expect(harness.controller.replaced).toEqual([]);
    instance.healthStatus = 503;
    await harness.call('/hello');
    await until(() => harness.controller.replaced.length === 1);
    expect(harness.controller.replaced[0]!.id).toBe('slow');
    expect(await harness.client.readiness('slow', { waitMs: 0 })).toEqual({ state: 'unknown' });
    expect((await harness.executions(2))[0]).toMatchObject({ status: 504, outcome: 'timeout' });
  });

  it('cuts the connection when the timeout comes after the headers', async () => {
    const hello = fakeFunction({ name: 'hello', versions: [{ number: 1, timeoutMs: 100 }] });
    harness = await ProxyHarness.start([hello]);
    await harness.addInstance(hello, { behaviour: (_req, res) => void res.write('begun') });
    await expect(harness.call('/hello')).rejects.toThrow();
    expect((await harness.executions(1))[0]).toMatchObject({
      outcome: 'timeout',
      errorCode: 'function_timeout',
    });
  });

  it('lets the instance know when the client leaves', async () => {
    const hello = fakeFunction({ name: 'hello' });
    harness = await ProxyHarness.start([hello]);
    let left = false;
    const instance = await harness.addInstance(hello, {
      behaviour: (_req, res) => void res.once('close', () => (left = true)),
    });
    const req = httpRequest(`${harness.frontUrl}/hello`).on('error', () => undefined);
    req.end();
    await until(() => instance.requests.length === 1);
    req.destroy();
    await until(() => left);
    expect((await harness.executions(1))[0]).toMatchObject({ status: 499, outcome: 'client_closed' });
    expect((await harness.client.load()).items[0]).toMatchObject({ inFlight: 0, waiting: 0 });
  });

  it('refuses an answer that is not HTTP', async () => {
    const hello = fakeFunction({ name: 'hello' });
    harness = await ProxyHarness.start([hello]);
    await harness.addInstance(hello, {
      behaviour: (req) => void req.socket.end('HTTP/1.1 200 OK\r\nbad header\r\n\r\n'),
    });
    const reply = await harness.call('/hello');
    expect(reply.status).toBe(502);
    expect(JSON.parse(reply.body).detail).toBe('The answer of the instance is not valid HTTP.');
  });
});
