import type { FunctionRecord, VersionRecord } from '@plat/platform-kit/domain.ts';
import { SCALE_DEFAULTS } from '@plat/platform-kit/scale-policy.ts';

/** Records for tests, complete, with what matters to the test put over them. Times lie long ago unless given. */
export const LONG_AGO = '2020-01-01T00:00:00.000Z';

export function versionRecord(
  over: Omit<Partial<VersionRecord>, 'config'> & {
    config?: { scale?: object; [field: string]: unknown };
  } = {},
): VersionRecord {
  const { config, ...rest } = over;
  return {
    functionId: 'f1',
    project: 'shop',
    function: 'hello',
    number: 1,
    state: 'ready',
    sourceDigest: 'sha256:0',
    sourceBytes: 1,
    imageId: 'sha256:1',
    imageReused: false,
    imageRef: null,
    promote: true,
    error: null,
    createdBy: 'test',
    createdAt: LONG_AGO,
    buildStartedAt: LONG_AGO,
    builtAt: LONG_AGO,
    finishedAt: LONG_AGO,
    ...rest,
    config: {
      runtime: 'node',
      contract: 'handler',
      handler: 'index.handler',
      memoryMb: 128,
      cpus: 1,
      timeoutMs: 30_000,
      concurrency: 8,
      env: {},
      edge: 'proxy',
      keepBodies: 'off',
      ...config,
      scale: { ...SCALE_DEFAULTS, idleMs: 60_000, ...config?.scale },
    },
  };
}

export function functionRecord(over: Partial<FunctionRecord> = {}): FunctionRecord {
  return {
    id: 'f1',
    project: 'shop',
    name: 'hello',
    state: 'active',
    latest: 1,
    aliases: [],
    domains: [],
    versions: [],
    createdAt: LONG_AGO,
    updatedAt: LONG_AGO,
    ...over,
  };
}

export function alias(name: string, ...weights: [version: number, weight: number][]) {
  return {
    name,
    weights: weights.map(([version, weight]) => ({ version, weight })),
    updatedAt: LONG_AGO,
  };
}
