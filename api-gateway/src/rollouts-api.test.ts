import { afterEach, beforeEach, expect, test } from 'vitest';
import { readEvents, type ServerSentEvent } from '@plat/platform-kit/sse.ts';
import { TOKENS, startGateway, type TestGateway } from './testing/start-gateway.ts';

let gateway: TestGateway;
beforeEach(async () => {
  gateway = await startGateway();
  gateway.metadata.addVersion('shop', 'cart', { state: 'ready' });
});
afterEach(() => gateway.close());

const ROLLOUT = '/api/projects/shop/functions/cart/rollout';

test('a rollout is started with what was asked for, and defaults for the rest', async () => {
  const body = { version: 1, steps: [10, 50, 100], step: '2m' };
  expect(await gateway.call('POST', ROLLOUT, { body, as: 'shopDeveloper' })).toMatchObject({ status: 201 });
  expect(gateway.metadata.calls.at(-1)).toMatchObject({
    what: 'startRollout',
    body: {
      version: 1,
      plan: { steps: [10, 50, 100], stepMs: 120_000, minCalls: 20, patienceMs: 1_200_000 },
    },
  });
});

test.each([
  [{ version: 1, steps: [50, 10, 100], step: '1m' }, /each step must be greater/],
  [{ version: 1, steps: [10, 50], step: '1m' }, /the last step must be 100/],
  [{ version: 1, steps: [], step: '1m' }, /at least one step/],
  [{ version: 1, steps: [100], step: 'soon' }, /expected a duration/],
  [{ version: 1, steps: [100] }, /step: expected a duration/],
  [{ version: 0, steps: [100], step: 60 }, /version/],
  [{ version: 1, steps: [100], step: 60, minCals: 3 }, /did you mean "minCalls"/],
])('%j is refused', async (body, detail) => {
  const answer = await gateway.call('POST', ROLLOUT, { body });
  expect(answer).toMatchObject({ status: 400, body: { detail: expect.stringMatching(detail) } });
});

test('a rollout is paused, resumed, promoted and aborted by who may move aliases', async () => {
  expect((await gateway.call('GET', ROLLOUT)).status).toBe(404);
  gateway.metadata.setRollout('shop/cart');
  for (const action of ['pause', 'resume', 'promote']) {
    expect((await gateway.call('POST', `${ROLLOUT}/${action}`, { as: 'shopDeveloper' })).status).toBe(200);
    expect(gateway.metadata.calls.at(-1)).toMatchObject({ what: 'steerRollout', body: { action } });
  }
  expect((await gateway.call('DELETE', ROLLOUT, { as: 'shopDeveloper' })).status).toBe(200);
  expect(gateway.metadata.calls.at(-1)).toMatchObject({ body: { action: 'abort' } });
  expect((await gateway.call('POST', `${ROLLOUT}/explode`)).status).toBe(400);
});

test('a rollout is followed to its end; figures that change are news', async () => {
  gateway.metadata.setRollout('shop/cart');
  const response = await fetch(`${gateway.url}${ROLLOUT}/events`, {
    headers: { authorization: `Bearer ${TOKENS.shopDeveloper}` },
  });
  const events: ServerSentEvent[] = [];
  const figures = (calls: number) => {
    const some = { calls, errors: 0, p95Ms: 1 };
    return { baseline: some, candidate: some };
  };
  for await (const event of readEvents(response.body as AsyncIterable<Uint8Array>)) {
    events.push(event);
    if (events.length === 1) gateway.metadata.setRollout('shop/cart', { figures: figures(7) });
    if (events.length === 2)
      gateway.metadata.setRollout('shop/cart', { state: 'rolled_back', figures: null });
  }
  expect(events.map(({ event }) => event)).toEqual(['state', 'state', 'state', 'end']);
  expect(events[1]!.data).toMatchObject({ figures: { candidate: { calls: 7 } } });
  expect(events[3]!.data).toMatchObject({ state: 'rolled_back' });
});
