import type { Bench } from '../bench.ts';
import { QUICK } from '../functions.ts';
import type { Sample, Target } from '../load/closed-loop.ts';
import { startNginx } from '../peers/reverse-proxies.ts';
import type { Finding, Scenario } from '../scenario.ts';
import type { Stage } from '../stages/stage.ts';
import { medianDifference, medianRatio } from '../statistics.ts';

const GOALS = {
  embedded: { ratio: 0.4, addedP50Ms: 0.1 },
  compose: { ratio: 0.3, addedP50Ms: 0.18 },
};
const ADDED_P99_MS = 1;

const UNITS = {
  perSecond: 'requests/s, 32 connections',
  p99: 'p99 ms, 32 connections',
  p50AtOne: 'p50 ms, 1 connection',
  p99AtOne: 'p99 ms, 1 connection',
};

/**
 * A function that answers at once: how many calls a second at 32 connections, and what a call takes longer at one. An nginx
 * in front of the same container says what the machine leaves to any process that stands between.
 */
export const warmPath: Scenario = {
  name: 'warm path',
  run: async (bench) => {
    const finding: Finding = { rows: [], goals: [], skipped: [] };
    for (const stage of await bench.stages()) {
      const { byPath, byHost, direct, address } = await bench.deployed(stage, 'quick', QUICK);
      await bench.withPeers([() => startNginx('nginx, 1 hop', address)], async (peers, skipped) => {
        finding.skipped.push(...skipped);
        const others = peers.map(({ name, url }) => ({ name, url }));
        await compare(bench, stage, finding, { direct, byPath, byHost, others });
      });
    }
    return finding;
  },
};

type Compared = { direct: Target; byPath: Target; byHost: Target; others: readonly Target[] };

async function compare(
  bench: Bench,
  stage: Stage,
  finding: Finding,
  { direct, byPath, byHost, others }: Compared,
): Promise<void> {
  const named = (name: string, target: Target): Target => ({ ...target, name: `${stage.name}: ${name}` });
  const targets = [
    named('container, direct', direct),
    named('by path', byPath),
    named('by host', byHost),
    ...others.map((other) => named(other.name, other)),
  ];
  if (stage.publishedUrl) {
    const url = byPath.url.replace(new URL(byPath.url).origin, stage.publishedUrl);
    targets.push(named('by path, published port', { ...byPath, url }));
  }
  const many = await bench.inTurns(targets, 32);
  const one = await bench.inTurns(targets, 1);
  for (const { name } of targets) {
    finding.rows.push(
      { target: name, unit: UNITS.perSecond, samples: many.get(name)!.map((s) => s.perSecond) },
      { target: name, unit: UNITS.p99, samples: many.get(name)!.map((s) => s.p99Ms) },
      { target: name, unit: UNITS.p50AtOne, samples: one.get(name)!.map((s) => s.p50Ms) },
      { target: name, unit: UNITS.p99AtOne, samples: one.get(name)!.map((s) => s.p99Ms) },
    );
  }
  const limits = GOALS[stage.name];
  for (const way of ['by path', 'by host']) {
    const against = (samples: Map<string, Sample[]>, of: (sample: Sample) => number) => {
      const taken = (name: string) => samples.get(`${stage.name}: ${name}`)!.map(of);
      return [taken(way), taken('container, direct')] as const;
    };
    finding.goals.push(
      { name: `${stage.name} ${way}, requests/s as a part of direct`, measured: medianRatio(...against(many, (s) => s.perSecond)), limit: limits.ratio, sense: 'at least' },
      { name: `${stage.name} ${way}, added p50 at one connection, ms`, measured: medianDifference(...against(one, (s) => s.p50Ms)), limit: limits.addedP50Ms, sense: 'at most' },
      { name: `${stage.name} ${way}, added p99 at one connection, ms`, measured: medianDifference(...against(one, (s) => s.p99Ms)), limit: ADDED_P99_MS, sense: 'at most' },
    ); // prettier-ignore
  }
}
