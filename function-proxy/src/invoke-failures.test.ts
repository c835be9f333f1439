import { request as httpRequest } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { ProxyHarness, until } from './testing/proxy-harness.ts';
import { fakeFunction } from './testing/fake-records.ts';

let harness: ProxyHarness;
afterEach(() => harness.close());

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
