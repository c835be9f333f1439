import type { InstanceInfo } from '@plat/platform-kit/domain.ts';
import {
  membersOf,
  ownMemoryBytes,
  readProcess,
  type InstanceProcesses,
} from '@plat/platform-kit/process/process-tree.mjs';
import { sleep } from '@plat/platform-kit/waiting.ts';

const CPU_SAMPLE_MS = 250;
/** sysconf(_SC_CLK_TCK) is 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/** What the processes of an instance use, measured for a quarter of a second. */
export async function processStats(
  instance: InstanceProcesses,
  memoryLimitBytes: number,
): Promise<NonNullable<InstanceInfo['stats']>> {
  const before = sample(instance);
  await sleep(CPU_SAMPLE_MS);
  const after = sample(instance);
  const ticks = Math.max(0, after.cpuTicks - before.cpuTicks);
  return {
    cpuPercent: Math.round((ticks / TICKS_PER_SECOND / (CPU_SAMPLE_MS / 1000)) * 1000) / 10,
    memoryBytes: after.memoryBytes,
    memoryLimitBytes,
    pids: after.pids,
  };
}

/** What they have used since they started, those too that have ended and were waited for. */
export function processUsage(instance: InstanceProcesses): { cpuMs: number; memoryBytes: number } {
  const { cpuTicks, waitedTicks, memoryBytes } = sample(instance);
  return { cpuMs: ((cpuTicks + waitedTicks) / TICKS_PER_SECOND) * 1000, memoryBytes };
}

type Sample = { cpuTicks: number; waitedTicks: number; memoryBytes: number; pids: number };

function sample(instance: InstanceProcesses): Sample {
  const total: Sample = { cpuTicks: 0, waitedTicks: 0, memoryBytes: 0, pids: 0 };
  for (const pid of membersOf(instance)) {
    const facts = readProcess(pid);
    total.cpuTicks += facts?.cpuTicks ?? 0;
    total.waitedTicks += facts?.waitedTicks ?? 0;
    total.pids += facts?.threads ?? 0;
    total.memoryBytes += ownMemoryBytes(pid);
  }
  return total;
}
