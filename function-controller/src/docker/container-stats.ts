import type Docker from 'dockerode';
import type { InstanceInfo } from '@plat/platform-kit/domain.ts';

export type MemoryStats = { usage?: number; limit?: number; stats?: Record<string, number> };

/** Page cache that the kernel drops when memory gets short. */
export function droppableBytes({ stats }: MemoryStats): number {
  return stats?.total_inactive_file ?? stats?.inactive_file ?? 0;
}

/** Two samples a second apart, as the engine takes them. Memory is without the page cache that can be dropped. */
export async function containerStats(
  container: Docker.Container,
): Promise<NonNullable<InstanceInfo['stats']>> {
  const stats = await container.stats({ stream: false });
  const cpuDelta = stats.cpu_stats.cpu_usage.total_usage - stats.precpu_stats.cpu_usage.total_usage;
  const systemDelta = stats.cpu_stats.system_cpu_usage - (stats.precpu_stats.system_cpu_usage ?? 0);
  const cpus = stats.cpu_stats.online_cpus || 1;
  const memory = stats.memory_stats as MemoryStats;
  return {
    cpuPercent: systemDelta > 0 ? Math.round((cpuDelta / systemDelta) * cpus * 1000) / 10 : 0,
    memoryBytes: Math.max(0, (memory.usage ?? 0) - droppableBytes(memory)),
    memoryLimitBytes: memory.limit ?? 0,
    pids: stats.pids_stats?.current ?? 0,
  };
}
