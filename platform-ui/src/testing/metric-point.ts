import type { Dashboard } from '@plat/platform-kit/api/metrics-api.ts';
import type { MetricPoint, MetricTotals } from '@plat/platform-kit/metrics.ts';

const AT = '2026-01-02T03:04:00.000Z';

export function metricTotals(change: Partial<MetricTotals> = {}): MetricTotals {
  return {
    calls: 0,
    errors: { function: 0, timeout: 0, platform: 0, client: 0 },
    status: { '2xx': 0, '3xx': 0, '4xx': 0, '5xx': 0 },
    p50Ms: null,
    p95Ms: null,
    p99Ms: null,
    meanMs: null,
    coldStarts: 0,
    meanWaitMs: null,
    meanWakeMs: null,
    cpuMs: null,
    memoryBytes: null,
    bytesIn: 0,
    bytesOut: 0,
    instances: null,
    instanceCpuPercent: null,
    instanceMemoryBytes: null,
    ...change,
  };
}

export function metricPoint(change: Partial<MetricPoint> = {}): MetricPoint {
  return { at: AT, ...metricTotals(), ...change };
}

export function dashboard(change: Partial<Dashboard> = {}): Dashboard {
  return {
    from: AT,
    to: AT,
    stepMs: 30_000,
    functions: { all: 0, active: 0, stopped: 0, deploying: 0, failed: 0 },
    instances: 0,
    totals: metricTotals(),
    callsPerSecond: 0,
    failureRate: null,
    points: [],
    topFunctions: [],
    recentFailures: [],
    capacity: null,
    recording: null,
    ...change,
  };
}
