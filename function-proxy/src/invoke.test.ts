import { afterEach, describe, expect, it } from 'vitest';
import { ProxyHarness } from './testing/proxy-harness.ts';
import { fakeFunction } from './testing/fake-records.ts';

let harness: ProxyHarness | undefined;
afterEach(async () => {
  await harness?.close();
  harness = undefined;
});

describe('invoke()', () => {
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
});
