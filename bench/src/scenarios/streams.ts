import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { runProcess } from '@plat/e2e/run-process.ts';
import { STREAM } from '../functions.ts';
import type { Target } from '../load/closed-loop.ts';
import type { Peer } from '../peers/peer.ts';
import { startHaproxy, startNginx } from '../peers/reverse-proxies.ts';
import { footprint } from '../processes.ts';
import type { Finding, Scenario } from '../scenario.ts';
import { medianRatio } from '../statistics.ts';
import type { Stage } from '../stages/stage.ts';

const MIB = 1024 ** 2;
const OF_DIRECT = 0.6;
const GROWTH_MIB = 32;
const LOOK_EVERY_MS = 100;

/** 1 GiB out of a function and into one: how fast against the container, and how far each process grows meanwhile. */
export const streams: Scenario = {
  name: 'streams of 1 GiB',
  run: async (bench) => {
    const finding: Finding = { rows: [], goals: [], skipped: [] };
    const bytes = (bench.isShort ? 256 : 1024) * MIB;
    const folder = await mkdtemp(path.join(os.tmpdir(), 'plat-bench-stream-'));
    const file = path.join(folder, 'upload');
    await writeFile(file, '');
    await truncate(file, bytes);
    try {
      for (const stage of await bench.stages()) {
        const { direct, byPath, address } = await bench.deployed(stage, 'stream', STREAM);
        await bench.withPeers(
          [() => startNginx('nginx, 1 hop', address), () => startHaproxy('haproxy, 1 hop', address)],
          async (peers, skipped) => {
            finding.skipped.push(...skipped);
            for (const way of ['out', 'in'] as const) {
              const move = (target: Target) =>
                way === 'out' ? download(target, bytes) : upload(target, file);
              await compare(finding, { stage, way, move, direct, byPath, peers });
            }
          },
        );
      }
    } finally {
      await rm(folder, { recursive: true });
    }
    return finding;
  },
};

type Compared = {
  stage: Stage;
  way: 'out' | 'in';
  move: (target: Target) => Promise<number>;
  direct: Target;
  byPath: Target;
  /** For what the machine has to give to whoever takes every byte in and hands it on. */
  peers: readonly Peer[];
};

async function compare(
  finding: Finding,
  { stage, way, move, direct, byPath, peers }: Compared,
): Promise<void> {
  // Whatever a process keeps once and for all (buffers, compiled code) is not growth.
  await move(byPath);
  const rates = { direct: [] as number[], byPath: [] as number[] };
  const others = peers.map(({ name }) => ({ name, samples: [] as number[] }));
  const growths: Record<string, number[]> = {};
  for (let round = 0; round < 3; round++) {
    rates.direct.push(await move(direct));
    const { value, growth } = await watchGrowth(stage, () => move(byPath));
    rates.byPath.push(value);
    for (const [service, mib] of Object.entries(growth)) (growths[service] ??= []).push(mib);
    for (const [i, { name, url }] of peers.entries()) others[i]!.samples.push(await move({ name, url }));
  }
  const unit = 'MiB/s';
  finding.rows.push(
    { target: `${stage.name}: ${way}, direct`, unit, samples: rates.direct },
    { target: `${stage.name}: ${way}`, unit, samples: rates.byPath },
    ...others.map(({ name, samples }) => ({ target: `${name}: ${way} (${stage.name})`, unit, samples })),
  );
  const measured = medianRatio(rates.byPath, rates.direct);
  finding.goals.push({
    name: `${stage.name}, stream ${way} as a part of direct`,
    measured,
    limit: OF_DIRECT,
    sense: 'at least',
  });
  for (const [service, samples] of Object.entries(growths)) {
    const name = `${stage.name}, ${service} while streaming ${way}`;
    finding.rows.push({ target: name, unit: 'MiB of growth', samples });
    finding.goals.push({
      name: `${name}: growth, MiB`,
      measured: Math.min(...samples),
      limit: GROWTH_MIB,
      sense: 'at most',
    });
  }
}

function download(target: Target, bytes: number): Promise<number> {
  return curl({ ...target, url: `${target.url}/${bytes}` }, ['-o', '/dev/null', '-w', '%{speed_download}']);
}

function upload(target: Target, file: string): Promise<number> {
  return curl(target, ['-o', '/dev/null', '-H', 'Expect:', '-T', file, '-w', '%{speed_upload}']);
}

async function curl({ url, headers = {}, name }: Target, args: string[]): Promise<number> {
  const sent = Object.entries(headers).flatMap(([key, value]) => ['-H', `${key}: ${value}`]);
  const { code, stdout, stderr } = await runProcess('curl', ['-sS', '-f', ...sent, ...args, url]);
  if (code !== 0) throw new Error(`${name}: ${stderr}`);
  return Number(stdout.trim().split('\n').at(-1)) / MIB;
}

async function watchGrowth<T>(
  stage: Stage,
  act: () => Promise<T>,
): Promise<{ value: T; growth: Record<string, number> }> {
  const services = Object.entries(await stage.dataPlane()).map(
    ([name, pids]) => [name, pids.at(-1)!] as const,
  );
  const resident = () => Promise.all(services.map(async ([, pid]) => (await footprint(pid)).residentBytes));
  const before = await resident();
  const peak = [...before];
  let isOver = false;
  const acting = act().finally(() => (isOver = true));
  while (!isOver) {
    (await resident()).forEach((bytes, i) => (peak[i] = Math.max(peak[i]!, bytes)));
    await Promise.race([
      acting.catch(() => undefined),
      new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS)),
    ]);
  }
  const value = await acting;
  return {
    value,
    growth: Object.fromEntries(services.map(([name], i) => [name, (peak[i]! - before[i]!) / MIB])),
  };
}
