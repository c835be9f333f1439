import type { Budget } from '@plat/platform-kit/api/metrics-api.ts';
import type { CheckSpec, Finding } from '@plat/platform-kit/checks.ts';
import { formatBytes } from '@plat/platform-kit/quantities.ts';

const MIB = 1024 * 1024;

export function budgetCheck(controller: { budget: () => Promise<Budget> }): CheckSpec {
  return {
    id: 'budget.room',
    title: 'There is room on the host for the instances that are wanted',
    run: async () => judgeBudget(await controller.budget()),
  };
}

/** Pure. */
export function judgeBudget({ memoryMb, cpus, pids, waiting, pooled }: Budget): Finding {
  const evidence = `Instances may take ${formatBytes(memoryMb.limit * MIB)} of memory, ${cpus.limit} CPUs and ${pids.limit} processes, and have ${formatBytes(memoryMb.used * MIB)}, ${round(cpus.used)} and ${pids.used}${pooledText(pooled)}`;
  const isOver = [memoryMb, cpus, pids].some(({ limit, used }) => used > limit);
  if (waiting === 0 && !isOver) return { verdict: 'ok', evidence: `${evidence}.` };
  return {
    verdict: 'warn',
    evidence: `${evidence}; ${waiting} wait for room.`,
    remedy: 'give functions less memory or fewer instances, or raise INSTANCES_MEMORY_MB, INSTANCES_CPU_OVERCOMMIT or INSTANCES_PIDS',
  };
} // prettier-ignore

function pooledText({ containers, memoryMb }: Budget['pooled']): string {
  return containers === 0 ? '' : `, ${formatBytes(memoryMb * MIB)} of it for ${containers} in pools`;
}

function round(cores: number): number {
  return Math.round(cores * 100) / 100;
}
