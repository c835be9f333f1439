import type { AliasWeight, FunctionRecord, VersionRecord } from '@plat/platform-kit/domain.ts';
import type { FunctionConfig } from '@plat/platform-kit/function-config.ts';
import type { Sticky } from '@plat/platform-kit/sticky.ts';
import { SCALE_DEFAULTS } from '@plat/platform-kit/scale-policy.ts';

const AT = '2026-01-01T00:00:00.000Z';

export type FakeVersion = Partial<Omit<FunctionConfig, 'scale'>> & {
  number: number;
  state?: VersionRecord['state'];
};

export function fakeVersion(
  { number, state = 'ready', ...config }: FakeVersion,
  owner: { id: string; project: string; name: string },
): VersionRecord {
  return {
    functionId: owner.id,
    project: owner.project,
    function: owner.name,
    number,
    state,
    config: {
      runtime: 'node',
      contract: 'handler',
      handler: 'index.handler',
      memoryMb: 128,
      cpus: 1,
      timeoutMs: 5000,
      concurrency: 10,
      env: {},
      scale: { ...SCALE_DEFAULTS, idleMs: 60_000 },
      edge: 'proxy',
      keepBodies: 'off',
      ...config,
    },
    sourceDigest: 'sha256:0',
    sourceBytes: 1,
    imageId: 'sha256:1',
    imageReused: false,
    imageRef: null,
    promote: true,
    error: null,
    createdBy: 'test',
    createdAt: AT,
    buildStartedAt: AT,
    builtAt: AT,
    finishedAt: AT,
  };
}

/** A function with one version that alias `live` names, unless told otherwise. */
export function fakeFunction(options: {
  name: string;
  project?: string;
  id?: string;
  state?: FunctionRecord['state'];
  versions?: FakeVersion[];
  aliases?: Record<string, AliasWeight[]>;
  sticky?: Sticky;
  latest?: number;
  domains?: string[];
}): FunctionRecord {
  const { name, project = 'default', id = `fn-${options.project ?? 'default'}-${name}` } = options;
  const versions = options.versions ?? [{ number: 1 }];
  const aliases = options.aliases ?? { live: [{ version: versions[0]?.number ?? 1, weight: 100 }] };
  return {
    id,
    project,
    name,
    state: options.state ?? 'active',
    latest: options.latest ?? Math.max(0, ...versions.map(({ number }) => number)),
    aliases: Object.entries(aliases).map(([alias, weights]) => ({
      name: alias,
      weights,
      ...(options.sticky ? { sticky: options.sticky } : {}),
      updatedAt: AT,
    })),
    versions: versions.map((version) => fakeVersion(version, { id, project, name })),
    domains: options.domains ?? [],
    createdAt: AT,
    updatedAt: AT,
  };
}
