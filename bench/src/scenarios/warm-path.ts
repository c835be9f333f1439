import type { Scenario } from '../scenario.ts';
import { medianDifference, medianRatio } from '../statistics.ts';
import type { Sample, Target } from '../load/closed-loop.ts';
import { QUICK } from '../functions.ts';

const GOALS = {
  embedded: { ratio: 0.4, addedP50Ms: 0.1 },
  compose: { ratio: 0.3, addedP50Ms: 0.18 },
};
const ADDED_P99_MS = 1;

/** A function that answers at once: how many calls a second at 32 connections, and what a call takes longer at one. */
export const warmPath: Scenario = {
  name: 'warm path',
  run: async (bench) => {
    const finding: Awaited<ReturnType<Scenario['run']>> = { rows: [], goals: [], skipped: [] };
    for (const stage of await bench.stages()) {
      const { byPath, byHost, direct } = await bench.deployed(stage, 'quick', QUICK);
      const named = (name: string, target: Target): Target => ({ ...target, name: `${stage.name}: ${name}` });
      const targets = [
        named('container, direct', direct),
        named('by path', byPath),
        named('by host', byHost),
      ];
      if (stage.publishedUrl) {
        const url = byPath.url.replace(new URL(byPath.url).origin, stage.publishedUrl);
        targets.push(named('by path, published port', { ...byPath, url }));
      }
      const take = (samples: Map<string, Sample[]>, name: string, of: (sample: Sample) => number) =>
        samples.get(`${stage.name}: ${name}`)!.map(of);
      const many = await bench.inTurns(targets, 32);
      const one = await bench.inTurns(targets, 1);
      for (const { name } of targets) {
        finding.rows.push(
          {
            target: name,
            unit: 'requests/s, 32 connections',
            samples: many.get(name)!.map((s) => s.perSecond),
          },
          { target: name, unit: 'p99 ms, 32 connections', samples: many.get(name)!.map((s) => s.p99Ms) },
          { target: name, unit: 'p50 ms, 1 connection', samples: one.get(name)!.map((s) => s.p50Ms) },
          { target: name, unit: 'p99 ms, 1 connection', samples: one.get(name)!.map((s) => s.p99Ms) },
        );
      }
      const limits = GOALS[stage.name];
      for (const way of ['by path', 'by host']) {
        const against = (samples: Map<string, Sample[]>, of: (sample: Sample) => number) =>
          [take(samples, way, of), take(samples, 'container, direct', of)] as const;
        finding.goals.push(
          { name: `${stage.name} ${way}, requests/s as a part of direct`, measured: medianRatio(...against(many, (s) => s.perSecond)), limit: limits.ratio, sense: 'at least' },
          { name: `${stage.name} ${way}, added p50 at one connection, ms`, measured: medianDifference(...against(one, (s) => s.p50Ms)), limit: limits.addedP50Ms, sense: 'at most' },
          { name: `${stage.name} ${way}, added p99 at one connection, ms`, measured: medianDifference(...against(one, (s) => s.p99Ms)), limit: ADDED_P99_MS, sense: 'at most' },
        ); // prettier-ignore
      }
    }
    return finding;
  },
};
