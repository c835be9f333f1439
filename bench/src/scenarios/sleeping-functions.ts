import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { REPOSITORY } from '@plat/e2e/platform.ts';
import { QUICK } from '../functions.ts';
import type { Finding, Scenario } from '../scenario.ts';
import { medianRatio } from '../statistics.ts';

const FUNCTIONS = 1000;
const KIB_EACH = 8;
const P50_RATIO = 1.05;

/** What a gateway and a proxy keep of functions that sleep, and what a call of another one takes longer for them. */
export const sleepingFunctions: Scenario = {
  name: '1,000 sleeping functions',
  run: async (bench) => {
    const [stage] = await bench.stages();
    const { address } = await bench.deployed(stage!, 'quick', QUICK);
    const finding: Finding = { rows: [], goals: [], skipped: [] };
    const few = await startKnowing(1, address);
    const many = await startKnowing(FUNCTIONS, address);
    try {
      const kib = (many.heapBytes - few.heapBytes) / (FUNCTIONS - 1) / 1024;
      finding.rows.push({ target: 'gateway and proxy together', unit: 'KiB a function', samples: [kib] });
      finding.goals.push({ name: 'a sleeping function in gateway and proxy, KiB', measured: kib, limit: KIB_EACH, sense: 'at most' }); // prettier-ignore
      const headers = { Authorization: 'Bearer dev-token' };
      const targets = [
        { name: 'beside none', url: `${few.url}/function/quick`, headers },
        { name: `beside ${FUNCTIONS}`, url: `${many.url}/function/quick`, headers },
      ] as const;
      const samples = await bench.inTurns(targets, 1);
      const p50 = (i: 0 | 1) => samples.get(targets[i].name)!.map(({ p50Ms }) => p50Ms);
      for (const i of [0, 1] as const)
        finding.rows.push({ target: targets[i].name, unit: 'p50 ms, 1 connection', samples: p50(i) });
      finding.goals.push({ name: 'p50 beside 1,000 sleeping functions, against none', measured: medianRatio(p50(1), p50(0)), limit: P50_RATIO, sense: 'at most' }); // prettier-ignore
    } finally {
      few.close();
      many.close();
    }
    return finding;
  },
};

async function startKnowing(count: number, address: string) {
  const file = path.join(REPOSITORY, 'bench/src/many-functions-process.ts');
  const [host = '', port = ''] = address.split(':');
  const args = ['--expose-gc', '--import', 'tsx', file, String(count), port, host];
  const child = spawn(process.execPath, args, { cwd: REPOSITORY, stdio: ['ignore', 'pipe', 'inherit'] });
  const timer = setTimeout(() => child.kill('SIGKILL'), 60_000);
  const [line] = (await Promise.race([
    once(child.stdout, 'data'),
    once(child, 'exit').then(() => {
      throw new Error(`The process that knows ${count} functions ended.`);
    }),
  ])) as [Buffer];
  clearTimeout(timer);
  const { url, heapBytes } = JSON.parse(String(line)) as { url: string; heapBytes: number };
  return { url, heapBytes, close: () => void child.kill('SIGTERM') };
}
