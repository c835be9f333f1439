import { afterEach, describe, expect, it } from 'vitest';
import { fakeFunction } from './testing/fake-records.ts';
import { ProxyHarness } from './testing/proxy-harness.ts';

let harness: ProxyHarness;
afterEach(() => harness.close());

async function start(keepBodies: 'off' | 'errors' | 'all' = 'off') {
  const hello = fakeFunction({ name: 'hello', versions: [{ number: 1, keepBodies }] });
  harness = await ProxyHarness.start([hello]);
  return hello;
}

describe('a recorded call', () => {
  it('has its phases in order, from the moment the gateway received it', async () => {
    const hello = await start();
    await harness.addInstance(hello, {
      behaviour: (_req, res) => {
        res.write('first');
        setTimeout(() => res.end('last'), 20);
      },
    });
    harness.target = { authorisedMs: 5 };
    await harness.call('/hello');
    const [execution] = await harness.executions(1);
    const { phases } = execution!;
    expect(phases).toMatchObject({ received: 0, authorised: 5, queued: null, woken: null });
    expect(phases.connected).toBeGreaterThanOrEqual(5);
    expect(phases.firstByte).toBeGreaterThanOrEqual(phases.connected!);
    expect(phases.lastByte).toBeGreaterThanOrEqual(phases.firstByte!);
    expect(execution).toMatchObject({ rung: 'hot', wakeMs: 0, errorMessage: null, hasBodies: false });
  });

  it('has the wait for an instance when there was none, and where it came from', async () => {
    const hello = await start();
    const calling = harness.call('/hello');
    await harness.addInstance(hello);
    expect((await calling).status).toBe(200);
    const [execution] = await harness.executions(1);
    const { phases, wakeMs, queueMs } = execution!;
    expect(execution).toMatchObject({ cold: true, rung: 'new' });
    expect(phases.woken! - phases.queued!).toBeCloseTo(wakeMs, 2);
    expect(wakeMs).toBeLessThanOrEqual(queueMs);
    expect(phases.connected).toBeGreaterThanOrEqual(phases.woken!);
  });

  it('says what went wrong and who says so, and how far it came', async () => {
    const hello = await start();
    await harness.addInstance(hello, { behaviour: (req) => void req.socket.destroy() });
    await harness.call('/hello?token=abc&x=1', { method: 'POST', body: 'x' });
    const [execution] = await harness.executions(1);
    expect(execution).toMatchObject({
      outcome: 'function_error',
      errorCode: 'function_failed',
      errorComponent: 'function-proxy',
      path: '/?token=[redacted]&x=1',
      phases: { firstByte: null, lastByte: null },
    });
    expect(execution!.errorMessage).toMatch(/broke the connection/);
  });
});

describe('bodies', () => {
  const echo = { 'content-type': 'application/json' };
  const answer = async (keepBodies: 'off' | 'errors' | 'all', status = 200) => {
    const hello = await start(keepBodies);
    await harness.addInstance(hello, {
      behaviour: (req, res) => {
        res.writeHead(status, echo);
        req.pipe(res);
      },
    });
    const body = JSON.stringify({ name: 'Ada', password: 'hunter2' });
    await harness.call('/hello', { method: 'POST', headers: echo, body });
    return (await harness.executions(1))[0]!;
  };

  it('are kept without secrets, of functions that ask for it', async () => {
    const { bodies, hasBodies } = await answer('all');
    expect(hasBodies).toBe(true);
    expect(bodies?.request).toMatchObject({
      text: '{"name":"Ada","password":"[redacted]"}',
      isRedacted: true,
    });
    expect(bodies?.response).toMatchObject({ contentType: 'application/json', bytes: 35, isCut: false });
  });

  it.each([
    ['off', 500, false],
    ['errors', 200, false],
    ['errors', 404, true],
  ] as const)('with %s and a status of %i: %s', async (keepBodies, status, isKept) => {
    const { bodies, hasBodies } = await answer(keepBodies, status);
    expect(hasBodies).toBe(isKept);
    expect(bodies !== undefined).toBe(isKept);
  });
});

describe('Server-Timing', () => {
  it('is there when the caller asks, beside the function’s own, and never at its own host', async () => {
    const hello = await start();
    await harness.addInstance(hello, {
      behaviour: (_req, res) => void res.setHeader('server-timing', 'db;dur=1').end(),
    });
    const asked = { headers: { 'plat-timing': '1' } };
    harness.target = { authorisedMs: 1.5 };
    expect((await harness.call('/hello')).headers['server-timing']).toBe('db;dur=1');
    const timing = [(await harness.call('/hello', asked)).headers['server-timing']].flat().join(', ');
    expect(timing).toMatch(/^db;dur=1, plat-authorise;dur=1\.50, plat-connect;dur=[\d.]+, function;dur=[\d.]+, total;dur=[\d.]+, plat-rung;desc="hot"$/); // prettier-ignore
    harness.target = { trigger: 'edge' };
    expect((await harness.call('/hello', asked)).headers['server-timing']).toBe('db;dur=1');
  });

  it('is on answers of the platform, too', async () => {
    const hello = await start();
    await harness.addInstance(hello, { behaviour: (req) => void req.socket.destroy() });
    const reply = await harness.call('/hello', { method: 'POST', headers: { 'plat-timing': '1' } });
    expect(reply.status).toBe(502);
    expect(reply.headers['server-timing']).toContain('plat-connect;dur=');
  });
});
