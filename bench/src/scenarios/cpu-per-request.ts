import type { Bench } from '../bench.ts';
import { QUICK } from '../functions.ts';
import type { Target } from '../load/closed-loop.ts';
import { startHttpxy } from '../peers/npm-peers.ts';
import { startHaproxy, startNginx } from '../peers/reverse-proxies.ts';
import { cpuUs } from '../processes.ts';
import type { Finding, Scenario } from '../scenario.ts';
import { medianRatio } from '../statistics.ts';

const AGAINST_NGINX = 2.5;

type Measured = { target: Target; pids: number[] };

/** CPU time that the processes between the client and the container take for a call, against others on the same way. */
export const cpuPerRequest: Scenario = {
  name: 'CPU time of a call',
  run: async (bench) => {
    const finding: Finding = { rows: [], goals: [], skipped: [] };
    for (const stage of await bench.stages()) {
      const { byPath, address } = await bench.deployed(stage, 'quick', QUICK);
      const services = await stage.dataPlane();
      const hops = Object.keys(services).length;
      await bench.withPeers(
        [
          () => startNginx('nginx, 1 hop', address),
          () => startHaproxy('haproxy, 1 hop', address),
          () => startHttpxy('httpxy, 1 hop', address),
        ],
        async (peers, skipped) => {
          finding.skipped.push(...skipped);
          const measured: Measured[] = [
            { target: { ...byPath, name: `plat ${stage.name}, ${hops} hops` }, pids: Object.values(services).flat() },
          ]; // prettier-ignore
          for (const peer of peers)
            measured.push({ target: { name: peer.name, url: peer.url }, pids: await peer.pids() });
          const nginx = peers.find(({ name }) => name.startsWith('nginx'));
          const second = nginx && (await startNginx('nginx, 2 hops', nginx.url.slice('http://'.length)));
          try {
            if (second && nginx) {
              const pids = [...(await second.pids()), ...(await nginx.pids())];
              measured.push({ target: { name: second.name, url: second.url }, pids });
            }
            const costs = await measureInTurns(bench, measured);
            for (const [target, samples] of costs)
              finding.rows.push({
                target: `${target} (${stage.name})`,
                unit: 'µs of CPU a request',
                samples,
              });
            const base = costs.get(`nginx, ${hops === 1 ? '1 hop' : '2 hops'}`);
            const ours = costs.get(measured[0]!.target.name)!;
            if (base) {
              const name = `${stage.name}, CPU time of a call as a multiple of nginx on the same hops`;
              const measuredRatio = medianRatio(ours, base);
              finding.goals.push({ name, measured: measuredRatio, limit: AGAINST_NGINX, sense: 'at most' });
            }
          } finally {
            await second?.close();
          }
        },
      );
    }
    return finding;
  },
};

async function measureInTurns(bench: Bench, all: Measured[]): Promise<Map<string, number[]>> {
  const costs = new Map<string, number[]>(all.map(({ target }) => [target.name, []]));
  for (const { target } of all) await bench.load.run(target, { connections: 32, seconds: 1 });
  for (let round = 0; round < bench.repetitions; round++) {
    for (const { target, pids } of all) {
      const before = await cpuUs(pids);
      const { requests } = await bench.load.run(target, { connections: 32, seconds: bench.seconds });
      costs.get(target.name)!.push(((await cpuUs(pids)) - before) / requests);
    }
  }
  return costs;
}
