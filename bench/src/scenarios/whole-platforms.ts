import { QUICK } from '../functions.ts';
import { startFunctionsFramework, startWorkerd } from '../peers/npm-peers.ts';
import type { Finding, Scenario } from '../scenario.ts';

/** What serves a function on one machine elsewhere, without a container and without a platform before it. */
export const wholePlatforms: Scenario = {
  name: 'other runtimes of functions',
  isLong: true,
  run: async (bench) => {
    const [stage] = await bench.stages();
    const { byPath, direct } = await bench.deployed(stage!, 'quick', QUICK);
    return bench.withPeers([startFunctionsFramework, startWorkerd], async (peers, skipped) => {
      const finding: Finding = { rows: [], goals: [], skipped };
      const targets = [
        { ...direct, name: "plat's container, direct" },
        { ...byPath, name: 'plat embedded, by path' },
        ...peers.map(({ name, url }) => ({ name, url })),
      ];
      const samples = await bench.inTurns(targets, 32);
      for (const { name } of targets)
        finding.rows.push({
          target: name,
          unit: 'requests/s, 32 connections',
          samples: samples.get(name)!.map(({ perSecond }) => perSecond),
        });
      return finding;
    });
  },
};
