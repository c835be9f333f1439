import type Docker from 'dockerode';
import { droppableBytes, type MemoryStats } from './container-stats.ts';

/** What a container has used since it started, by its cgroup's counters; one look, which the engine answers at once. */
export async function containerUsage(
  container: Docker.Container,
): Promise<{ cpuMs: number; memoryBytes: number }> {
  const look = { stream: false, 'one-shot': true } as const;
  const stats = await container.stats(look);
  const memory = stats.memory_stats as MemoryStats;
  return {
    cpuMs: stats.cpu_stats.cpu_usage.total_usage / 1e6,
    memoryBytes: Math.max(0, (memory.usage ?? 0) - droppableBytes(memory)),
  };
}
