/**
 * `npm run bench:relay`: what the relay costs. Two platforms on one engine, one that calls instances by their addresses and
 * one that calls them through the relay, in one run, interleaved. Prints medians and the ratio.
 */
import { nodeFunction, writeFunction } from '@plat/e2e/function-folder.ts';
import { Platform } from '@plat/e2e/platform.ts';
import { measure, median, type Sample } from './measure.ts';

const REPETITIONS = 5;
const SECONDS = 3;
const CONNECTIONS = [1, 32];
const WAYS = ['never', 'always'] as const;

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
        measure(
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
      const [direct, relayed] = samples.map(median) as [Sample, Sample];
      const ratio = (relayed.requestsPerSecond / direct.requestsPerSecond).toFixed(2);
      console.log(
        `\n${path}, ${connections} connections, ${REPETITIONS} × ${SECONDS} s, medians; through the relay ${ratio} of direct`,
      );
      console.table({ direct, relayed });
    }
  }
} finally {
  for (const platform of platforms) await platform.remove();
}
