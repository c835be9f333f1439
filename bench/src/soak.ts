import { QUICK } from './functions.ts';
import { footprint } from './processes.ts';
import type { Bench } from './bench.ts';
import type { Stage } from './stages/stage.ts';

/** After so long everything that is kept once is there; what comes on top of it is growth. */
const SETTLED_PART = 0.2;
const LOAD = { connections: 8, seconds: 10 };

export type SoakLook = { atMinutes: number; residentMiB: number; descriptors: number; containers: number };

/**
 * Calls and redeploys a function for as long as is wanted, and looks at memory, descriptors and containers in between.
 * Listeners that leak show as both. Resolves with all it saw; `print` gets each look.
 */
export async function soak(
  bench: Bench,
  minutes: number,
  print: (look: SoakLook) => void,
): Promise<SoakLook[]> {
  const [stage] = await bench.stages();
  const looks: SoakLook[] = [];
  const end = performance.now() + minutes * 60_000;
  const startedAt = performance.now();
  for (let round = 0; performance.now() < end; round++) {
    const change = `// round ${round}\n`;
    const { byPath } = await stage!.deploy('quick', { ...QUICK, 'index.js': change + QUICK['index.js']! });
    await bench.load.run(byPath, LOAD);
    const look = await lookAt(stage!, (performance.now() - startedAt) / 60_000);
    looks.push(look);
    print(look);
  }
  return looks;
}

async function lookAt(stage: Stage, atMinutes: number): Promise<SoakLook> {
  const pids = Object.values(await stage.dataPlane()).flat();
  const prints = await Promise.all(pids.map(footprint));
  const sum = (of: (one: (typeof prints)[number]) => number) => prints.reduce((all, one) => all + of(one), 0);
  return {
    atMinutes,
    residentMiB: sum(({ residentBytes }) => residentBytes) / 1024 ** 2,
    descriptors: sum(({ descriptors }) => descriptors),
    containers: await stage.containers(),
  };
}

/** What grew between the first looks after settling and the last ones. */
export function growth(looks: readonly SoakLook[]): {
  residentMiB: number;
  descriptors: number;
  containers: number;
} {
  const settled = looks.slice(Math.floor(looks.length * SETTLED_PART));
  const third = Math.max(1, Math.floor(settled.length / 3));
  const least = (part: readonly SoakLook[], of: (look: SoakLook) => number) => Math.min(...part.map(of));
  const grew = (of: (look: SoakLook) => number) =>
    least(settled.slice(-third), of) - least(settled.slice(0, third), of);
  return {
    residentMiB: grew(({ residentMiB }) => residentMiB),
    descriptors: grew(({ descriptors }) => descriptors),
    containers: grew(({ containers }) => containers),
  };
}
