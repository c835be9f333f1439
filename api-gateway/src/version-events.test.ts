import { afterEach, beforeEach, expect, test } from 'vitest';
import { readEvents, type ServerSentEvent } from '@plat/platform-kit/sse.ts';
import { poll } from '@plat/platform-kit/waiting.ts';
import { TOKENS, startGateway, type TestGateway } from './testing/start-gateway.ts';

let gateway: TestGateway;
beforeEach(async () => {
  gateway = await startGateway();
});
afterEach(() => gateway.close());

const CART = '/api/projects/shop/functions/cart';

/** The events of a stream as they come; `closed` once it ended. */
async function watch(path: string, as: keyof typeof TOKENS = 'shopDeveloper') {
  const leave = new AbortController();
  const response = await fetch(gateway.url + path, {
    headers: { authorization: `Bearer ${TOKENS[as]}` },
    signal: leave.signal,
  });
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  const events: ServerSentEvent[] = [];
  const closed = (async () => {
    for await (const event of readEvents(response.body as AsyncIterable<Uint8Array>)) events.push(event);
  })().catch(() => undefined);
  const summary = () =>
    events.map(({ event, data }) => {
      const { state, text } = data as { state?: string; text?: string };
      return `${event} ${state ?? text ?? ''}`.trim();
    });
  const seen = async (line: string) => {
    const found = await poll(async () => (summary().includes(line) ? true : undefined), {
      intervalMs: 5,
      timeoutMs: 5000,
    });
    if (!found) throw new Error(`There was no "${line}" among ${JSON.stringify(summary())}.`);
  };
  return { events, summary, seen, closed, leave: () => leave.abort() };
}

test('a deploy is followed from its first state over its log to its end', async () => {
  const version = gateway.metadata.addVersion('shop', 'cart');
  const stream = await watch(`${CART}/versions/1/events`);
  await stream.seen('state pending');
  gateway.metadata.setState(version, 'building');
  await stream.seen('state building');
  gateway.builder.addLogLine('step 1');
  await stream.seen('log step 1');
  gateway.builder.addLogLine('step 2');
  gateway.builder.endBuild();
  gateway.metadata.setState(version, 'starting');
  await stream.seen('state starting');
  gateway.metadata.setState(version, 'ready');
  await stream.closed;
  expect(stream.summary().filter((line) => line.startsWith('state'))).toEqual([
    'state pending',
    'state building',
    'state starting',
    'state ready',
  ]);
  expect(stream.summary().filter((line) => line.startsWith('log'))).toEqual(['log step 1', 'log step 2']);
  expect(stream.summary().at(-1)).toBe('end ready');
});

test('who connects after the end gets the state, the whole log and the end', async () => {
  gateway.metadata.addVersion('shop', 'cart', { state: 'failed' });
  gateway.builder.addLogLine('step 1');
  gateway.builder.endBuild();
  const stream = await watch(`${CART}/versions/1/events`);
  await stream.closed;
  expect(stream.summary().sort()).toEqual(['end failed', 'log step 1', 'state failed']);
});

test('lines are sent once, although the log is opened again when it ended before the build', async () => {
  const version = gateway.metadata.addVersion('shop', 'cart');
  gateway.builder.addLogLine('step 1');
  gateway.builder.endBuild();
  const stream = await watch(`${CART}/versions/1/events`);
  await stream.seen('log step 1');
  gateway.metadata.setState(version, 'building');
  await stream.seen('state building');
  gateway.builder.addLogLine('step 2');
  await stream.seen('log step 2');
  gateway.metadata.setState(version, 'failed');
  await stream.closed;
  expect(stream.summary().filter((line) => line.startsWith('log'))).toEqual(['log step 1', 'log step 2']);
});

test('a function that is deleted while its deploy is watched ends the stream without an end', async () => {
  gateway.metadata.addVersion('shop', 'cart');
  const stream = await watch(`${CART}/versions/1/events`);
  await stream.seen('state pending');
  gateway.metadata.removeFunction('shop/cart');
  await stream.closed;
  expect(stream.summary()).toEqual(['state pending']);
});

test('events show environment values only to those who may deploy', async () => {
  gateway.metadata.addVersion('shop', 'cart', { state: 'ready' });
  gateway.builder.endBuild();
  const stream = await watch(`${CART}/versions/1/events`, 'shopViewer');
  await stream.closed;
  expect(stream.summary()).toEqual(['state ready', 'end ready']);
  expect(JSON.stringify(stream.events)).not.toContain('hush');
});

test('a stream of a version that does not exist is a problem, not a stream', async () => {
  const answer = await gateway.call('GET', `${CART}/versions/9/events`);
  expect(answer).toMatchObject({ status: 404, body: { code: 'not_found' } });
});

test('the build log is JSON, or a stream of its lines', async () => {
  gateway.metadata.addVersion('shop', 'cart', { state: 'ready' });
  gateway.builder.addLogLine('step 1');
  gateway.builder.endBuild();
  const json = await gateway.call('GET', `${CART}/versions/1/log`);
  expect(json.body.items).toMatchObject([{ phase: 'build', text: 'step 1' }]);
  const stream = await watch(`${CART}/versions/1/log?follow=true`);
  await stream.closed;
  expect(stream.summary()).toEqual(['line step 1', 'end']);
});

test('logs are followed, and given up at the controller when the client leaves', async () => {
  gateway.metadata.addVersion('shop', 'cart', { state: 'ready' });
  const stream = await watch(`${CART}/logs?follow=true`);
  await stream.seen('line line 2');
  expect(gateway.controller.openStreams).toBe(1);
  stream.leave();
  const gone = await poll(async () => (gateway.controller.openStreams === 0 ? true : undefined), {
    intervalMs: 5,
    timeoutMs: 5000,
  });
  expect(gone).toBe(true);
});
