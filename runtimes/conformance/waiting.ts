import { setTimeout as sleep } from 'node:timers/promises';
import { send } from './http-client.ts';
import type { Instance } from './launcher.ts';

const DEADLINE_MS = 20_000;

/** Asks again until the answer is there; fails, naming what it waited for, after a long while. */
export async function eventually<T>(what: string, ask: () => Promise<T | undefined> | T | undefined): Promise<T> {
  const deadline = Date.now() + DEADLINE_MS;
  while (Date.now() < deadline) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await sleep(10);
  }
  throw new Error(`Waited ${DEADLINE_MS} ms in vain: ${what}.`);
}

/** The first answer of `GET /_plat/ready` that is not `loading`. */
export function untilLoaded(instance: Instance): Promise<{ status: number; body: any }> {
  return eventually('the instance is loaded', async () => {
    const received = await send(instance, { path: '/_plat/ready' }).catch(() => undefined);
    if (received === undefined) return undefined;
    const body = JSON.parse(received.body.toString('utf8')) as { status: string };
    return body.status === 'loading' ? undefined : { status: received.status, body };
  });
}
