import { setTimeout as delay } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { percentile } from '../statistics.ts';
import type { Target } from './closed-loop.ts';

export type OpenSample = { sent: number; failed: number; p50Ms: number; p95Ms: number; p99Ms: number };

const TICK_MS = 2;

/**
 * Sends at a constant rate, whether answers come or not. Each latency counts from when its request was due, so that a
 * client that is late makes no answer look quick.
 */
export async function openLoop(
  target: Target,
  load: { perSecond: number; seconds: number },
): Promise<OpenSample> {
  const agent = new Agent({ connections: 512, pipelining: 1 });
  const latencies: number[] = [];
  let failed = 0;
  const send = async (dueAt: number) => {
    try {
      const { url, headers } = target;
      const answer = await request(url, { dispatcher: agent, ...(headers ? { headers } : {}) });
      await answer.body.dump();
      if (answer.statusCode !== 200) failed++;
    } catch {
      failed++;
    }
    latencies.push(performance.now() - dueAt);
  };
  const total = load.perSecond * load.seconds;
  const startedAt = performance.now();
  const underWay: Promise<void>[] = [];
  while (underWay.length < total) {
    const due = Math.min(total, Math.floor(((performance.now() - startedAt) / 1000) * load.perSecond));
    while (underWay.length < due) underWay.push(send(startedAt + (underWay.length / load.perSecond) * 1000));
    await delay(TICK_MS);
  }
  await Promise.all(underWay);
  await agent.destroy();
  const at = (part: number) => percentile(latencies, part);
  return { sent: total, failed, p50Ms: at(0.5), p95Ms: at(0.95), p99Ms: at(0.99) };
}
