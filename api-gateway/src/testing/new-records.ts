import type { FunctionRecord, VersionRecord } from '@plat/platform-kit/domain.ts';
import type { MetricTotals } from '@plat/platform-kit/metrics.ts';
import type { RolloutView } from '@plat/platform-kit/rollout.ts';
import { SCALE_DEFAULTS } from '@plat/platform-kit/scale-policy.ts';

export const NOW = '2026-01-01T00:00:00.000Z';

export const NO_CALLS: MetricTotals = {
  calls: 0, errors: { function: 0, timeout: 0, platform: 0, client: 0 }, status: { '2xx': 0, '3xx': 0, '4xx': 0, '5xx': 0 },
  p50Ms: null, p95Ms: null, p99Ms: null, meanMs: null, coldStarts: 0, meanWaitMs: null, meanWakeMs: null, cpuMs: null,
  memoryBytes: null, bytesIn: 0, bytesOut: 0, instances: null, instanceCpuPercent: null, instanceMemoryBytes: null,
}; // prettier-ignore

export function newFunction(id: string, project: string, name: string): FunctionRecord {
  return {
    id,
    project,
    name,
    state: 'active',
    latest: 0,
    aliases: [],
    versions: [],
    domains: [],
    createdAt: NOW,
    updatedAt: NOW,
  };
}

export function newRollout({ project, name }: { project: string; name: string }): RolloutView {
  return {
    id: 'r1',
    functionId: `${project}/${name}`,
    project,
    function: name,
    state: 'running',
    version: 2,
    baseline: 1,
    plan: { steps: [10, 100], stepMs: 60_000, minCalls: 20, maxErrorIncrease: 0.01, maxP95Ratio: 1.5, patienceMs: 600_000 },
    step: 0,
    before: [{ version: 1, weight: 100 }],
    reason: null,
    events: [],
    createdBy: 'admin',
    createdAt: NOW,
    startedAt: NOW,
    stepStartedAt: NOW,
    finishedAt: null,
    figures: null,
  };
} // prettier-ignore

export function newVersion(
  record: Pick<FunctionRecord, 'id' | 'project' | 'name' | 'latest'>,
): VersionRecord {
  return {
    functionId: record.id,
    project: record.project,
    function: record.name,
    number: record.latest,
    state: 'pending',
    config: {
      runtime: 'node',
      contract: 'handler',
      handler: 'index.handler',
      memoryMb: 128,
      cpus: 1,
      timeoutMs: 30_000,
      concurrency: 100,
      env: { SECRET: 'hush' },
      scale: { ...SCALE_DEFAULTS },
      edge: 'proxy',
      keepBodies: 'off',
    },
    sourceDigest: 'sha256:00',
    sourceBytes: 3,
    imageId: `sha256:${'b'.repeat(64)}`,
    imageReused: false,
    imageRef: null,
    promote: true,
    error: null,
    createdBy: 'admin',
    createdAt: NOW,
    buildStartedAt: null,
    builtAt: null,
    finishedAt: null,
  };
}
