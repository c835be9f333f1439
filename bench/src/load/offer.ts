import { setTimeout as delay } from 'node:timers/promises';
import { Agent, request } from 'undici';
import type { Target } from './closed-loop.ts';

/** One call: its status, 0 when there was no answer; how long it took from when it was due, and when it ended. */
export type Answer = { status: number; ms: number; endedAt: number };

const TICK_MS = 2;

/**
 * Sends at a constant rate, whether answers come or not, and waits for all answers. Each latency counts from when its
 * request was due, so that a client that is late makes no answer look quick.
 */
export async function offer(
  target: Target,
  load: { perSecond: number; seconds: number; connections?: number },
): Promise<Answer[]> {
  const agent = new Agent({ connections: load.connections ?? 512, pipelining: 1 });
  const send = async (dueAt: number): Promise<Answer> => {
    const status = await ask(agent, target);
    const endedAt = performance.now();
    return { status, ms: endedAt - dueAt, endedAt };
  };
  const total = Math.round(load.perSecond * load.seconds);
  const startedAt = performance.now();
  const underWay: Promise<Answer>[] = [];
  while (underWay.length < total) {
    const due = Math.min(total, Math.floor(((performance.now() - startedAt) / 1000) * load.perSecond));
    while (underWay.length < due) underWay.push(send(startedAt + (underWay.length / load.perSecond) * 1000));
    await delay(TICK_MS);
  }
  const answers = await Promise.all(underWay);
  await agent.destroy();
  return answers;
}

async function ask(agent: Agent, { url, headers }: Target): Promise<number> {
  try {
    const answer = await request(url, { dispatcher: agent, ...(headers ? { headers } : {}) });
    await answer.body.dump();
    return answer.statusCode;
  } catch {
    return 0;
  }
}
