import { readEvents, type ServerSentEvent } from '@plat/platform-kit/sse.ts';
import { deadline } from '@plat/platform-kit/waiting.ts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { TOKENS, startGateway, type TestGateway } from './testing/start-gateway.ts';

let gateway: TestGateway;
const left: AbortController[] = [];
beforeEach(async () => {
  gateway = await startGateway();
});
afterEach(async () => {
  for (const one of left.splice(0)) one.abort();
  await gateway.close();
});

/** An open stream, as one of TOKENS. */
async function follow(as: keyof typeof TOKENS, path = '/api/events', lastId?: string) {
  const controller = new AbortController();
  left.push(controller);
  const response = await fetch(`${gateway.url}${path}`, {
    signal: AbortSignal.any([controller.signal, deadline(20_000)]),
    headers: {
      authorization: `Bearer ${TOKENS[as]}`,
      ...(lastId === undefined ? {} : { 'last-event-id': lastId }),
    },
  });
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  const events = readEvents(response.body!)[Symbol.asyncIterator]();
  return {
    leave: () => controller.abort(),
    /** The next event of a kind, whatever comes before it; undefined when the stream ends. */
    next: async (kind: string): Promise<ServerSentEvent | undefined> => {
      for (;;) {
        const { value, done } = await events.next();
        if (done) return undefined;
        if (value.event === kind) return value;
      }
    },
  };
}

test('a deploy shows as a version’s states and the function’s new alias, to those who may see it', async () => {
  const all = await follow('viewer');
  const shop = await follow('shopInvoker');
  const version = gateway.metadata.addVersion('shop', 'cart', { state: 'pending' });
  expect((await all.next('version'))?.data).toMatchObject({ project: 'shop', function: 'cart', version: 1, state: 'pending' });
  gateway.metadata.setState(version, 'building');
  expect((await all.next('version'))?.data).toMatchObject({ state: 'building' });
  gateway.metadata.addVersion('other', 'secret');
  gateway.metadata.setState(version, 'ready');
  gateway.metadata.setLive(version.functionId, 1);
  // An invoker sees functions, not versions; a token of one project sees no other.
  const first = await shop.next('function');
  expect(first?.data).toMatchObject({ project: 'shop', function: 'cart', state: 'active' });
  gateway.metadata.removeFunction(version.functionId);
  for (;;) {
    const event = await shop.next('function');
    expect(event?.data).toMatchObject({ project: 'shop' });
    if ((event?.data as { state: string }).state === 'deleted') break;
  }
}); // prettier-ignore

test('calls and instances come as they are seen, each to its own', async () => {
  const shop = await follow('shopViewer', '/api/events?kinds=executions,instance');
  gateway.metadata.recorded.push({ id: 'a', project: 'other', function: 'x' }, { id: 'b', project: 'shop', function: 'cart' });
  expect((await shop.next('executions'))?.data).toEqual({ items: [{ id: 'b', project: 'shop', function: 'cart' }], skipped: 0 });
  gateway.controller.instances = [
    { id: 'i1', functionId: 'f', project: 'shop', function: 'cart', version: 1, status: 'running', readiness: 'ready' },
    { id: 'i2', functionId: 'g', project: 'other', function: 'x', version: 1, status: 'running', readiness: 'ready' },
  ];
  expect((await shop.next('instance'))?.data).toMatchObject({ id: 'i1', status: 'running' });
  gateway.controller.instances = [];
  expect((await shop.next('instance'))?.data).toMatchObject({ id: 'i1', status: 'gone' });
}); // prettier-ignore

test('an eviction is told to those who see what was put out; for whom, only to those who see that too', async () => {
  const all = await follow('viewer', '/api/events?kinds=eviction');
  const shop = await follow('shopViewer', '/api/events?kinds=eviction,instance');
  const from = { functionId: 'f', project: 'shop', function: 'cart', version: 1 };
  const taker = { functionId: 'g', project: 'other', function: 'x', version: 2 };
  gateway.controller.instances = [{ id: 'i1', ...from, status: 'running', readiness: 'ready' }];
  expect(await shop.next('instance')).toBeDefined();
  const at = '2026-01-01T00:00:00.000Z';
  gateway.controller.evictions.push({ at, instance: 'i1', from, taker, backAt: null });
  const told = { at, instance: 'i1', ...from };
  expect((await shop.next('eviction'))?.data).toEqual({ ...told, taker: null });
  expect((await all.next('eviction'))?.data).toEqual({ ...told, taker: { project: 'other', function: 'x', version: 2 } });
}); // prettier-ignore

test('who comes back with the last id gets what came since, and learns when that is not known', async () => {
  const first = await follow('viewer');
  gateway.metadata.addVersion('shop', 'cart');
  const { id } = (await first.next('function'))!;
  first.leave();
  gateway.metadata.addVersion('shop', 'basket');
  const again = await follow('viewer', '/api/events', id);
  expect((await again.next('function'))?.data).toMatchObject({ function: 'basket' });
  const stranger = await follow('viewer', '/api/events', 'other-5');
  const missed = await stranger.next('missed');
  expect(missed).toMatchObject({ data: { events: null }, id: expect.any(String) });
});

test('event streams end when their token is deleted, of every route that has them', async () => {
  const { functionId } = gateway.metadata.addVersion('shop', 'cart', { state: 'ready' });
  gateway.metadata.setLive(functionId, 1);
  const events = await follow('shopViewer');
  const logs = await follow('shopViewer', '/api/projects/shop/functions/cart/logs?follow=true');
  const others = await follow('viewer');
  expect(await logs.next('line')).toBeDefined();
  gateway.metadata.removeTokenOf(TOKENS.shopViewer);
  expect(await events.next('never')).toBeUndefined();
  expect(await logs.next('never')).toBeUndefined();
  gateway.metadata.addVersion('shop', 'more');
  expect(await others.next('function')).toBeDefined();
});
