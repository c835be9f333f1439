import { readFile, readdir } from 'node:fs/promises';

/** Clock ticks of /proc in a second: fixed on Linux, whatever the kernel's own. */
const TICKS_PER_SECOND = 100;

/** A process and all that descend from it; those that are gone are left out. */
export async function treeOf(pid: number): Promise<number[]> {
  const tasks = await readdir(`/proc/${pid}/task`).catch(() => []);
  const children = await Promise.all(
    tasks.map((task) => readFile(`/proc/${pid}/task/${task}/children`, 'utf8').catch(() => '')),
  );
  const pids = children.join(' ').split(/\s+/).filter(Boolean).map(Number);
  return [pid, ...(await Promise.all(pids.map(treeOf))).flat()];
}

/** CPU time of the processes since they began, user and system, in µs. */
export async function cpuUs(pids: readonly number[]): Promise<number> {
  const ticks = await Promise.all(pids.map(cpuTicks));
  return (ticks.reduce((sum, one) => sum + one, 0) * 1e6) / TICKS_PER_SECOND;
}

async function cpuTicks(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The name may contain anything, also blanks; the numbers begin after its last bracket.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11] ?? 0) + Number(fields[12] ?? 0);
}

export type Footprint = { pid: number; residentBytes: number; descriptors: number };

export async function footprint(pid: number): Promise<Footprint> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => []);
  const residentKiB = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0);
  return { pid, residentBytes: residentKiB * 1024, descriptors: descriptors.length };
}
