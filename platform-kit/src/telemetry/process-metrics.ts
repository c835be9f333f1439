import { readdirSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import type { ServiceMetrics } from './service-metrics.ts';

/**
 * The process, by the names that dashboards know. Read only when somebody asks: the library's own set keeps a timer and an
 * observer running for each registry, and the embedded platform has five of them in one process.
 */
export function registerProcess(metrics: Pick<ServiceMetrics, 'counters' | 'gauges'>): void {
  const startedS = (performance.timeOrigin / 1000).toFixed(3);
  let before = performance.eventLoopUtilization();
  metrics.counters({ name: 'process_cpu_seconds_total', help: 'CPU time of the process.' }, () => {
    const { user, system } = process.cpuUsage();
    return [[{}, (user + system) / 1e6]];
  });
  metrics.gauges({ name: 'process_start_time_seconds', help: 'When the process began, since 1970.' }, () => [
    [{}, Number(startedS)],
  ]);
  metrics.gauges({ name: 'process_resident_memory_bytes', help: 'Memory of the process.' }, () => [
    [{}, process.memoryUsage.rss()],
  ]);
  metrics.gauges({ name: 'process_open_fds', help: 'Open descriptors.' }, () => openDescriptors());
  metrics.gauges({ name: 'nodejs_heap_size_used_bytes', help: 'Used part of the heap.' }, () => [
    [{}, process.memoryUsage().heapUsed],
  ]);
  metrics.gauges(
    {
      name: 'nodejs_eventloop_utilization',
      help: 'Busy part of the event loop since it was last asked for.',
    },
    () => {
      const now = performance.eventLoopUtilization();
      const { utilization } = performance.eventLoopUtilization(now, before);
      before = now;
      return [[{}, utilization]];
    },
  );
}

/** None where there is no /proc. */
function openDescriptors(): [Record<never, string>, number][] {
  try {
    return [[{}, readdirSync('/proc/self/fd').length]];
  } catch {
    return [];
  }
}
