import { once } from 'node:events';
import type { Answer, Platform } from '@plat/e2e/platform.ts';
import { writeFunction } from '@plat/e2e/function-folder.ts';
import { deadline } from '@plat/platform-kit/waiting.ts';
import { WebSocket } from 'undici';
import { changing } from './functions.ts';

/** Something that is done over and over; it throws when what came of it is not what should. */
export type Habit = { name: string; pauseMs: number; run: (platform: Platform) => Promise<void> };

const CALL_MS = 60_000;
const DEPLOY_MS = 300_000;
const EDITIONS = 4;
const HEADERS = { authorization: 'Bearer dev-token' };
const JSON_TYPE = { 'content-type': 'application/json' };
const CHANGING = '/api/projects/default/functions/changing';

export const HABITS: readonly Habit[] = [
  calls('calls', 200, '/function/steady', 200),
  calls('calls of a function that throws', 2000, '/function/steady/throw', 502),
  calls('calls that take too long', 5000, '/function/steady/late', 504),
  calls('calls of no function', 3000, '/function/nobody', 404),
  calls('calls that wake from a pause', 8000, '/function/resting', 200),
  calls('calls that wake from a stop', 25_000, '/function/dozing', 200),
  calls('calls that wake from nothing', 15_000, '/function/napping', 200),
  calls('reads of the list', 7000, '/api/functions', 200),
  calls('reads of metrics', 11_000, '/api/functions/steady/metrics', 200),
  calls('reads of executions', 13_000, '/api/executions', 200),
  calls('reads of the metrics of a service', 15_000, '/metrics?service=function-proxy', 200),
  { name: 'calls without a token', pauseMs: 3000, run: async (platform) => expectStatus(await platform.curl('/function/steady', { token: null }), 401) }, // prettier-ignore
  { name: 'streams', pauseMs: 2000, run: readStream },
  { name: 'streams whose reader leaves', pauseMs: 2500, run: (platform) => leave(`${platform.url}/function/live/ticks`) }, // prettier-ignore
  { name: 'callers who leave before the answer', pauseMs: 4000, run: leaveUnanswered },
  { name: 'uploads that break off', pauseMs: 5000, run: breakOffUpload },
  {
    name: 'followers of events who leave',
    pauseMs: 6000,
    run: (platform) => leave(`${platform.url}/api/events`),
  },
  { name: 'followers of logs who leave', pauseMs: 9000, run: (platform) => leave(`${platform.url}/api/projects/default/functions/steady/logs?follow=true`) }, // prettier-ignore
  { name: 'WebSockets', pauseMs: 3000, run: echo },
  { name: 'deploys, splits, rollbacks and a removal', pauseMs: 45_000, run: change },
  { name: 'collections of garbage', pauseMs: 60_000, run: async (platform) => expectStatus(await platform.curl('/api/gc', { method: 'POST', headers: JSON_TYPE, body: '{}' }), 200) }, // prettier-ignore
];

function calls(name: string, pauseMs: number, route: string, status: number): Habit {
  return { name, pauseMs, run: async (platform) => expectStatus(await platform.curl(route), status) };
}

function expectStatus({ status, text }: Answer, wanted: number): void {
  if (status !== wanted) throw new Error(`${status} instead of ${wanted}: ${text.slice(0, 300)}`);
}

async function readStream(platform: Platform): Promise<void> {
  const answer = await platform.curl('/function/steady/ticks');
  expectStatus(answer, 200);
  if (!answer.text.endsWith('tick 4\n')) throw new Error(`The stream ended with ${answer.text.slice(-20)}`);
}

/** Reads the first of a stream and goes. Not waiting for the first of a stream that has none yet. */
async function leave(url: string): Promise<void> {
  const left = new AbortController();
  const answer = await fetch(url, { headers: HEADERS, signal: deadline(CALL_MS, left.signal) });
  const reader = answer.body!.getReader();
  await Promise.race([reader.read(), new Promise((resolve) => setTimeout(resolve, 1000))]);
  left.abort();
  await reader.read().catch(() => undefined);
  if (answer.status !== 200) throw new Error(`${answer.status} instead of a stream`);
}

async function leaveUnanswered(platform: Platform): Promise<void> {
  const signal = deadline(200);
  const left = await fetch(`${platform.url}/function/steady/late`, { headers: HEADERS, signal }).catch(
    () => 'left' as const,
  );
  if (left !== 'left') throw new Error(`${left.status} before the caller could leave`);
}

async function breakOffUpload(platform: Platform): Promise<void> {
  const left = new AbortController();
  const body = new ReadableStream({
    start: (stream) => stream.enqueue(new Uint8Array(64 * 1024)),
  });
  const init = { method: 'POST', body, duplex: 'half', headers: HEADERS, signal: left.signal } as RequestInit;
  const sent = fetch(`${platform.url}/function/steady`, init).catch(() => undefined);
  setTimeout(() => left.abort(), 300);
  await sent;
}

async function echo(platform: Platform): Promise<void> {
  const socket = new WebSocket(`${platform.url.replace('http', 'ws')}/function/live/echo`, {
    headers: HEADERS,
  });
  const signal = deadline(CALL_MS);
  try {
    await once(socket, 'open', { signal });
    socket.send('hello');
    const [{ data }] = (await once(socket, 'message', { signal })) as [{ data: unknown }];
    if (data !== 'echo hello') throw new Error(`The WebSocket said ${String(data)}.`);
  } finally {
    socket.close();
  }
}

/** One life of a function: a few editions, each called; traffic split, promoted, rolled back; removed. */
async function change(platform: Platform): Promise<void> {
  const folder = await platform.workFolder('changing');
  const send = async (route: string, method: string, body: object) =>
    expectStatus(
      await platform.curl(`${CHANGING}/${route}`, { method, headers: JSON_TYPE, body: JSON.stringify(body) }),
      200,
    );
  for (let edition = 1; edition <= EDITIONS; edition++) {
    await writeFunction(folder, changing(edition));
    await platform.platOk(['deploy'], { cwd: folder, timeoutMs: DEPLOY_MS });
    expectStatus(await platform.curl('/function/changing'), 200);
    if (edition === 1) continue;
    const weights = [{ version: edition - 1, weight: 50 }, { version: edition, weight: 50 }]; // prettier-ignore
    await send('aliases/live', 'PUT', { weights });
    for (let i = 0; i < 6; i++) expectStatus(await platform.curl('/function/changing'), 200);
    await send('promote', 'POST', { version: edition });
    await send('rollback', 'POST', {});
    expectStatus(await platform.curl('/function/changing'), 200);
    await new Promise((resolve) => setTimeout(resolve, 20_000));
  }
  await platform.platOk(['rm', 'changing', '--yes'], { timeoutMs: CALL_MS });
}
