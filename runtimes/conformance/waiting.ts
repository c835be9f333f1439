import { setTimeout as sleep } from 'node:timers/promises';
import { splitFramedLine } from '@plat/platform-kit/log-framing.ts';
import { send } from './http-client.ts';
import type { Instance } from './launcher.ts';

const DEADLINE_MS = 20_000;

/** Asks again until the answer is there; fails, naming what it waited for, after a long while. */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T | undefined> | T | undefined,
): Promise<T> {
  const deadline = Date.now() + DEADLINE_MS;
  while (Date.now() < deadline) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await sleep(10);
  }
  throw new Error(`Waited ${DEADLINE_MS} ms in vain: ${what}.`);
}

/** The first answer of `GET /_plat/ready` that is not `loading`. */
export function untilLoaded(
  instance: Instance,
): Promise<{ status: number; body: { status: string; reason?: string } }> {
  return eventually('the instance is loaded', async () => {
    const received = await send(instance, { path: '/_plat/ready' }).catch(() => undefined);
    if (received === undefined) return undefined;
    const body = JSON.parse(received.body.toString('utf8')) as { status: string; reason?: string };
    return body.status === 'loading' ? undefined : { status: received.status, body };
  });
}

/** Waits as the proxy does for a server that need not know the reserved paths: any answer below 500. */
export function untilAnswering(instance: Instance): Promise<number> {
  return eventually('the server answers', async () => {
    const received = await send(instance, { path: '/_plat/ready' }).catch(() => undefined);
    return received !== undefined && received.status < 500 ? received.status : undefined;
  });
}

/** Waits for `count` lines of a call, those that match `pattern` only. */
export function untilPrinted(
  instance: Instance,
  requestId: string,
  { count = 1, pattern = /^/ }: { count?: number; pattern?: RegExp } = {},
): Promise<string[]> {
  return eventually(`the call ${requestId} has printed ${count} lines like ${pattern.source}`, () => {
    const lines = instance.logs().split('\n').map(splitFramedLine);
    const own = lines
      .filter((line) => line.requestId === requestId && pattern.test(line.text))
      .map((line) => line.text);
    return own.length >= count ? own : undefined;
  });
}
