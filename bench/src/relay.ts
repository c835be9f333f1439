/**
 * `npm run bench:relay`: what the relay costs. Two platforms on one engine, one that calls instances by their addresses and
 * one that calls them through the relay, in one run, interleaved. Prints medians and the ratio.
 */
import { nodeFunction, writeFunction } from '@plat/e2e/function-folder.ts';
import { Platform } from '@plat/e2e/platform.ts';
import { closedLoop, type Sample } from './load/closed-loop.ts';
import { median, medianRatio } from './statistics.ts';

const REPETITIONS = 5;
const SECONDS = 3;
const CONNECTIONS = [1, 32];
const WAYS = ['never', 'always'] as const;

const load = await closedLoop();
const platforms: Platform[] = [];
try {
  for (const RELAY of WAYS) {
    const platform = await Platform.start({ RATE_LIMIT_PER_SECOND: '0', RELAY });
    platforms.push(platform);
    const folder = await writeFunction(
      await platform.workFolder('bench'),
      nodeFunction(
        'bench',
        'return event.rawPath === "/large" ? "x".repeat(1_000_000) : "ok";',
        'scale:\n  min: 1\n',
      ),
    );
    await platform.platOk(['deploy'], { cwd: folder, timeoutMs: 300_000 });
  }
  for (const path of ['/', '/large']) {
    for (const connections of CONNECTIONS) {
      const samples: Sample[][] = [[], []];
      const run = (i: number, seconds: number) =>
        load.run(
          {
            name: WAYS[i]!,
            url: `${platforms[i]!.url}/function/bench${path}`,
            headers: { authorization: 'Bearer dev-token' },
          },
          { connections, seconds },
        );
      for (let i = 0; i < WAYS.length; i++) await run(i, 1);
      for (let round = 0; round < REPETITIONS; round++)
        for (let i = 0; i < WAYS.length; i++) samples[i]!.push(await run(i, SECONDS));
      const rates = samples.map((taken) => taken.map(({ perSecond }) => perSecond));
      const ratio = medianRatio(rates[1]!, rates[0]!).toFixed(2);
      console.log(
        `\n${path}, ${connections} connections, ${REPETITIONS} × ${SECONDS} s, medians; through the relay ${ratio} of direct`,
      );
      const of = (taken: Sample[]) => ({
        'requests/s': Math.round(median(taken.map(({ perSecond }) => perSecond))),
        'p50 ms': median(taken.map(({ p50Ms }) => p50Ms)),
        'p99 ms': median(taken.map(({ p99Ms }) => p99Ms)),
        failed: taken.reduce((sum, { failed }) => sum + failed, 0),
      });
      console.table({ direct: of(samples[0]!), relayed: of(samples[1]!) });
    }
  }
} finally {
  for (const platform of platforms) await platform.remove();
}
