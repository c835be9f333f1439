import type { FunctionRecord, VersionRecord } from '@plat/platform-kit/domain.ts';
import type { Desired, DesiredVersion, RestPolicy } from './plan-steps.ts';

/** What is known, beside the record, of one version's use. Times in ms since the epoch; null when never seen. */
export type VersionUse = { lastUsedAtMs: number | null; busy: boolean; hasInstance: boolean };

export type DesiredInput = {
  /** Undefined when the function is gone. */
  record: FunctionRecord | undefined;
  /** Versions that no alias names but that somebody called by number. */
  called: readonly VersionRecord[];
  use: (version: number) => VersionUse;
  /** How many instances the calls of a version in use need: at least 1, unless one of them had to go since. */
  scaleOf: (version: VersionRecord) => number;
  specOf: (version: VersionRecord) => string;
  mayStart: (version: number) => boolean;
  /** Since when a candidate is being started, as this process saw it. */
  startingSinceMs: (version: VersionRecord) => number;
  nowMs: number;
  readyTimeoutMs: number;
  proxyAnswers: boolean;
  /** Whether instances of the version wait for room on the host, and have for long. */
  isCrowded: (version: number) => boolean;
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
    ...(isLate ? { overdue: overdueBy(version, input) } : {}),
  };
}

function overdueBy(version: VersionRecord, input: DesiredInput): NonNullable<DesiredVersion['overdue']> {
  if (input.isCrowded(version.number)) return 'crowded';
  return input.proxyAnswers ? 'silent' : 'unwatched';
}

function serving(record: FunctionRecord, version: VersionRecord, input: DesiredInput): DesiredVersion {
  const named = record.aliases.some((alias) =>
    alias.weights.some((part) => part.version === version.number && part.weight > 0),
  );
  const called = input.called.some((other) => other.number === version.number);
  const isWanted = record.state !== 'stopped' && (named || called);
  const rest = isWanted ? restOf(version) : undefined;
  return {
    number: version.number,
    role: 'serving',
    count: isWanted ? servingCount(version, { named, input }) : 0,
    ...(rest && { rest }),
    spec: input.specOf(version),
    mayStart: input.mayStart(version.number),
  };
}

function servingCount(
  version: VersionRecord,
  { named, input }: { named: boolean; input: DesiredInput },
): number {
  const isAwake = untilRestMs(version, input.use(version.number), input.nowMs) > 0;
  return Math.max(named ? version.config.scale.min : 0, isAwake ? input.scaleOf(version) : 0);
}

/** How instances rest that are not needed; undefined when they go at once. */
function restOf({ config }: VersionRecord): RestPolicy | undefined {
  const { pauseAfterMs, stopAfterMs, idleMs } = config.scale;
  const firstMs = firstRungMs(config.scale);
  if (firstMs === idleMs) return undefined;
  return {
    how: pauseAfterMs < stopAfterMs ? 'pause' : 'stop',
    stopAfterMs: stopAfterMs - firstMs,
    removeAfterMs: idleMs - firstMs,
  };
}

/** How long until instances of the version may go to rest: Infinity while it is busy, 0 or less when they may now. */
export function untilRestMs({ config }: VersionRecord, use: VersionUse, nowMs: number): number {
  if (use.busy) return Infinity;
  if (use.lastUsedAtMs === null) return 0;
  return use.lastUsedAtMs + firstRungMs(config.scale) - nowMs;
}

function firstRungMs({ pauseAfterMs, stopAfterMs, idleMs }: VersionRecord['config']['scale']): number {
  return Math.min(pauseAfterMs, stopAfterMs, idleMs);
}
