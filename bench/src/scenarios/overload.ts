import { nodeFunction } from '@plat/e2e/function-folder.ts';
import type { Bench } from '../bench.ts';
import type { Target } from '../load/closed-loop.ts';
import { offer, type Answer } from '../load/offer.ts';
import type { Scenario } from '../scenario.ts';
import { median, percentile } from '../statistics.ts';

/** Two instances that take four calls of 100 ms each: 80 a second, whatever the CPU. */
const FILES = nodeFunction(
  'crowded',
  'await new Promise((r) => setTimeout(r, 100)); return "ok";',
  'concurrency: 4\nscale:\n  min: 2\n  max: 2\n',
);
const SLOTS = 8;
const TIMES = 5;
/** After that the queue of the function-proxy is full. */
const FILLING_SECONDS = 4;
/** More than may wait there: none waits in the client. */
const CONNECTIONS = 4096;
const WINDOW_MS = 1000;
const GOALS = { goodput: 0.9, refusedP99Ms: 50, recoveryMs: 5000 };

/** Five times as many calls as a function can take: what it still answers, how quick the others are refused, and after. */
export const overload: Scenario = {
  name: 'overload, five times what a function takes',
  run: async (bench) => {
    const [stage] = await bench.stages();
    const { byPath } = await bench.deployed(stage!, 'crowded', FILES);
    await bench.load.run(byPath, { connections: SLOTS, seconds: 1 });
    const rounds: Round[] = [];
    while (rounds.length < (bench.isShort ? 1 : 3)) rounds.push(await measure(bench, byPath));
    const all = (of: (round: Round) => number) => rounds.map(of);
    const refusedP99Ms = all(({ refusedMs }) => percentile(refusedMs, 0.99));
    return {
      rows: [
        { target: 'peak', unit: 'calls a second', samples: all(({ peak }) => peak) },
        { target: 'overloaded, answered', unit: 'calls a second', samples: all(({ goodput }) => goodput) },
        { target: 'overloaded, refused', unit: 'p50 ms', samples: all(({ refusedMs }) => percentile(refusedMs, 0.5)) },
        { target: 'overloaded, refused', unit: 'p99 ms', samples: refusedP99Ms },
      ],
      goals: [
        { name: 'overload: goodput, as a part of the peak', measured: median(all(({ peak, goodput }) => goodput / peak)), limit: GOALS.goodput, sense: 'at least' },
        { name: 'overload: p99 of refusals, ms', measured: median(refusedP99Ms), limit: GOALS.refusedP99Ms, sense: 'at most' },
        { name: 'overload: back to peak after, ms', measured: median(all(({ recoveryMs }) => recoveryMs)), limit: GOALS.recoveryMs, sense: 'at most' },
        { name: 'overload: calls neither answered nor refused', measured: Math.max(...all(({ lost }) => lost)), limit: 0, sense: 'at most' },
      ],
      skipped: [],
    };
  },
}; // prettier-ignore

type Round = { peak: number; goodput: number; refusedMs: number[]; recoveryMs: number; lost: number };

async function measure(bench: Bench, target: Target): Promise<Round> {
  const { load, seconds } = bench;
  const { perSecond: peak } = await load.run(target, { connections: SLOTS * 2, seconds });
  const perSecond = peak * TIMES;
  const startedAt = performance.now();
  const during = await offer(target, { perSecond, seconds: FILLING_SECONDS + seconds * 2, connections: CONNECTIONS });
  const filledAt = startedAt + FILLING_SECONDS * 1000;
  const endedAt = filledAt + seconds * 2000;
  const served = during.filter(({ status }) => status === 200);
  const refused = during.filter(({ status }) => status === 503);
  return {
    peak,
    goodput: rate(served, filledAt, endedAt),
    refusedMs: refused.map(({ ms }) => ms),
    recoveryMs: untilPeak(served, endedAt, peak * GOALS.goodput),
    lost: during.length - served.length - refused.length,
  };
} // prettier-ignore

function rate(answers: readonly Answer[], fromMs: number, toMs: number): number {
  const within = answers.filter(({ endedAt }) => endedAt >= fromMs && endedAt < toMs).length;
  return (within / (toMs - fromMs)) * 1000;
}

/** How long after `fromMs` the first second begins that has `perSecond` answers; Infinity when none does. */
function untilPeak(answers: readonly Answer[], fromMs: number, perSecond: number): number {
  const lastMs = answers.reduce((last, { endedAt }) => Math.max(last, endedAt), 0);
  for (let at = fromMs; at + WINDOW_MS <= lastMs; at += 100)
    if (rate(answers, at, at + WINDOW_MS) >= perSecond) return at - fromMs;
  return Infinity;
}
