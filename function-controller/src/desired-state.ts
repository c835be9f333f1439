import type { FunctionRecord, VersionRecord } from '@plat/platform-kit/domain.ts';
import type { Desired, DesiredVersion } from './plan-steps.ts';

/** What is known, beside the record, of one version's use. Times in ms since the epoch; null when never seen. */
export type VersionUse = { lastUsedAtMs: number | null; busy: boolean; hasInstance: boolean };

export type DesiredInput = {
  /** Undefined when the function is gone. */
  record: FunctionRecord | undefined;
  /** Versions that no alias names but that somebody called by number. */
  called: readonly VersionRecord[];
  use: (version: number) => VersionUse;
  specOf: (version: VersionRecord) => string;
  mayStart: (version: number) => boolean;
  /** Since when a candidate is being started, as this process saw it. */
  startingSinceMs: (version: VersionRecord) => number;
  nowMs: number;
  readyTimeoutMs: number;
  proxyAnswers: boolean;
  /** False while the record comes from a snapshot that may be old. */
  recordIsCurrent: boolean;
};

/** Which versions should run and how many instances of each. Pure. */
export function desiredState(input: DesiredInput): Desired {
  const { record } = input;
  if (!record) return { versions: [] };
  const versions = new Map<number, DesiredVersion>();
  for (const version of [...record.versions, ...input.called]) {
    if (versions.has(version.number)) continue;
    const desired =
      version.state === 'starting'
        ? candidate(version, input)
        : version.state === 'ready'
          ? serving(record, version, input)
          : undefined;
    if (desired) versions.set(version.number, desired);
  }
  return {
    versions: [...versions.values()].sort((a, b) => a.number - b.number),
    ...(input.recordIsCurrent ? {} : { keepUnknown: true }),
  };
}

function candidate(version: VersionRecord, input: DesiredInput): DesiredVersion {
  const isLate = input.nowMs - input.startingSinceMs(version) > input.readyTimeoutMs;
  return {
    number: version.number,
    role: 'candidate',
    count: Math.max(1, version.config.scale.min),
    spec: input.specOf(version),
    mayStart: input.mayStart(version.number),
    ...(isLate ? { overdue: input.proxyAnswers ? ('silent' as const) : ('unwatched' as const) } : {}),
  };
}

function serving(record: FunctionRecord, version: VersionRecord, input: DesiredInput): DesiredVersion {
  return {
    number: version.number,
    role: 'serving',
    count: record.state === 'stopped' ? 0 : servingCount(record, version, input),
    spec: input.specOf(version),
    mayStart: input.mayStart(version.number),
  };
}

function servingCount(record: FunctionRecord, version: VersionRecord, input: DesiredInput): number {
  const { min } = version.config.scale;
  const named = record.aliases.some((alias) =>
    alias.weights.some((part) => part.version === version.number && part.weight > 0),
  );
  const awake = idleInMs(version, input.use(version.number), input.nowMs) > 0 ? 1 : 0;
  return named
    ? Math.max(min, awake)
    : input.called.some((called) => called.number === version.number)
      ? awake
      : 0;
}

/** How long until the version may sleep: Infinity while it is busy, 0 or less when it may now. */
export function idleInMs(version: VersionRecord, use: VersionUse, nowMs: number): number {
  if (use.busy) return Infinity;
  if (use.lastUsedAtMs === null) return 0;
  return use.lastUsedAtMs + version.config.scale.idleMs - nowMs;
}
