import { z } from 'zod';
import { ERRORS, type ErrorCode } from './errors.ts';
import { CallPhases, WakeRung } from './execution.ts';
import { FunctionConfig } from './function-config.ts';
import { Sticky } from './sticky.ts';
import { VERSION_STATES, type VersionState } from './version-states.ts';

/** Times are ISO 8601 in UTC with milliseconds, as `new Date().toISOString()` writes them. */
export const Time = z.iso.datetime();
const State = z.enum(VERSION_STATES as [VersionState, ...VersionState[]]);
const Code = z.enum(Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]]);

export const Project = z.object({ name: z.string(), createdAt: Time });
export type Project = z.output<typeof Project>;

/** Why a version failed: a code, a sentence for a person, and what helps (`logTail`: last lines the instance printed). */
export const VersionError = z.object({
  code: Code,
  message: z.string(),
  phase: z.enum(['building', 'starting']),
  logTail: z.array(z.string()).optional(),
});
export type VersionError = z.output<typeof VersionError>;

export const VersionRecord = z.object({
  functionId: z.string(),
  project: z.string(),
  function: z.string(),
  number: z.int(),
  state: State,
  config: FunctionConfig,
  /** sha256 of the uploaded archive, `sha256:<hex>`. */
  sourceDigest: z.string(),
  sourceBytes: z.int(),
  /** What the engine runs, `sha256:<hex>` of the image; null until it is built. */
  imageId: z.string().nullable(),
  /** True when an earlier image with the same content was taken instead of a build. */
  imageReused: z.boolean(),
  /** Where the image can be pulled from, `<registry>/<repository>@sha256:<hex>`; null without a registry. */
  imageRef: z.string().nullable().default(null),
  /** Whether alias `live` moves here once the version is ready. */
  promote: z.boolean(),
  error: VersionError.nullable(),
  createdBy: z.string(),
  createdAt: Time,
  buildStartedAt: Time.nullable(),
  builtAt: Time.nullable(),
  /** When the version came to its terminal state. */
  finishedAt: Time.nullable(),
});
export type VersionRecord = z.output<typeof VersionRecord>;

export const AliasWeight = z.object({ version: z.int().min(1), weight: z.int().min(0).max(100) });
export const AliasRecord = z.object({
  name: z.string(),
  weights: z.array(AliasWeight),
  /** Missing: each call is sent by weight, whoever makes it. */
  sticky: Sticky.optional(),
  updatedAt: Time,
});
export type AliasWeight = z.output<typeof AliasWeight>;
export type AliasRecord = z.output<typeof AliasRecord>;

export const FunctionState = z.enum(['active', 'stopped']);
export type FunctionState = z.output<typeof FunctionState>;

/**
 * A function with all that the services need to know of it. `versions` holds those that an alias names and those whose
 * state is not terminal (the rest is history: `listVersions`). `latest` is the highest number given out.
 */
export const FunctionRecord = z.object({
  id: z.string(),
  project: z.string(),
  name: z.string(),
  state: FunctionState,
  latest: z.int(),
  aliases: z.array(AliasRecord),
  versions: z.array(VersionRecord),
  /** Hosts of its own beside `<project>-<name>.<DOMAIN>`, in their normal form and sorted. */
  domains: z.array(z.string()).default([]),
  createdAt: Time,
  updatedAt: Time,
});
export type FunctionRecord = z.output<typeof FunctionRecord>;

/** A custom domain of a function, in its normal form (see `custom-domain.ts`); unique over the platform. */
export const DomainRecord = z.object({ domain: z.string(), createdBy: z.string(), createdAt: Time });
export type DomainRecord = z.output<typeof DomainRecord>;

/** `admin`: everything. Others belong to one project or all: `developer` deploys, `invoker` calls, `viewer` reads. */
export const Role = z.enum(['admin', 'developer', 'invoker', 'viewer']);
export type Role = z.output<typeof Role>;

/** A token as it is stored: the secret itself is shown once, at creation, and only its hash is kept. */
export const TokenRecord = z.object({
  id: z.string(),
  name: z.string(),
  role: Role,
  /** The one project it is good for; null means all. */
  project: z.string().nullable(),
  /** sha256 of the secret, hex. Never leaves the platform's own services. */
  hash: z.string(),
  expiresAt: Time.nullable(),
  createdBy: z.string(),
  createdAt: Time,
});
export type TokenRecord = z.output<typeof TokenRecord>;

/** `ok`: the function answered (whatever its status). The others say who failed. */
export const Outcome = z.enum(['ok', 'function_error', 'platform_error', 'timeout', 'client_closed']);
export type Outcome = z.output<typeof Outcome>;
export const Trigger = z.enum(['api', 'edge', 'invoke']);
export type Trigger = z.output<typeof Trigger>;

/**
 * The record of one invocation. Durations in milliseconds with fractions, sizes in bytes. `queueMs` is all the waiting
 * before the function's own part, `durationMs`; `wakeMs` is the part of it in which no instance was ready.
 */
export const Execution = z.object({
  id: z.string(),
  requestId: z.string(),
  /** Of the trace that the caller, or the gateway, began; null without one. */
  traceId: z.string().nullable().default(null),
  functionId: z.string(),
  project: z.string(),
  function: z.string(),
  version: z.int().nullable(),
  alias: z.string().nullable(),
  trigger: Trigger,
  method: z.string(),
  path: z.string(),
  status: z.int(),
  outcome: Outcome,
  errorCode: Code.nullable(),
  errorMessage: z.string().nullable().default(null),
  /** Which part of the platform says so; null without an error. */
  errorComponent: z.string().nullable().default(null),
  cold: z.boolean(),
  rung: WakeRung.default('hot'),
  queueMs: z.number(),
  wakeMs: z.number().default(0),
  durationMs: z.number(),
  phases: CallPhases.prefault({}),
  cpuMs: z.number().nullable(),
  memoryBytes: z.int().nullable(),
  /**
   * Where CPU and memory come from. `runtime`: the runtime measured this call. The others are from the counters of its
   * instance: `sampled` when it was the only call at that time, `shared` when this is its part, by time, of what several used.
   */
  usage: z.enum(['runtime', 'sampled', 'shared']).nullable().default(null),
  bytesIn: z.int(),
  bytesOut: z.int(),
  instance: z.string().nullable(),
  /** Whether something of its bodies was kept. */
  hasBodies: z.boolean().default(false),
  startedAt: Time,
});
export type Execution = z.output<typeof Execution>;

export const AuditRecord = z.object({
  id: z.string(),
  at: Time,
  actor: z.string(),
  action: z.string(),
  object: z.string(),
  detail: z.record(z.string(), z.unknown()),
});
export type AuditRecord = z.output<typeof AuditRecord>;

/** One change of the record: the new value whole, or null when it is gone. `key` is the function's or token's id, or the project's name. */
export const Change = z.discriminatedUnion('kind', [
  z.object({ seq: z.int(), kind: z.literal('project'), key: z.string(), value: Project.nullable() }),
  z.object({ seq: z.int(), kind: z.literal('function'), key: z.string(), value: FunctionRecord.nullable() }),
  z.object({ seq: z.int(), kind: z.literal('token'), key: z.string(), value: TokenRecord.nullable() }),
]);
export type Change = z.output<typeof Change>;

/** A page of the change feed. With `reset` the page is the whole present state and replaces all the reader knew. */
export const ChangesPage = z.object({ seq: z.int(), reset: z.boolean(), changes: z.array(Change) });
export type ChangesPage = z.output<typeof ChangesPage>;

/** A running (or lately running) copy of a version, as the engine reports it. */
export const InstanceInfo = z.object({
  id: z.string(),
  name: z.string(),
  functionId: z.string(),
  project: z.string(),
  function: z.string(),
  version: z.int(),
  engine: z.string(),
  /** The engine's word: created, running, paused, restarting, exited, dead. */
  status: z.string(),
  /** What the platform's own probe says. */
  readiness: z.enum(['probing', 'ready', 'failed', 'unknown']),
  /** How quickly it can serve: at once, after some milliseconds, after a start; null when it is none of these. */
  rung: z.enum(['hot', 'paused', 'stopped']).nullable(),
  startedAt: Time.nullable(),
  stats: z
    .object({ cpuPercent: z.number(), memoryBytes: z.int(), memoryLimitBytes: z.int(), pids: z.int() })
    .nullable(),
});
export type InstanceInfo = z.output<typeof InstanceInfo>;

/**
 * A container that was started without a function, for the next cold start of its project. `warm`: it waits for one;
 * `useless`: it is about to be removed.
 */
export const PooledContainer = z.object({
  id: z.string(),
  name: z.string(),
  project: z.string(),
  runtime: z.string(),
  memoryMb: z.int(),
  state: z.enum(['starting', 'warm', 'useless']),
  createdAt: Time,
});
export type PooledContainer = z.output<typeof PooledContainer>;

/** One line that an instance printed. `requestId` is null for what was printed outside of a call. */
export const LogLine = z.object({
  at: Time,
  instance: z.string(),
  version: z.int(),
  stream: z.enum(['stdout', 'stderr']),
  requestId: z.string().nullable(),
  text: z.string(),
});
export type LogLine = z.output<typeof LogLine>;

/** One line of a build log, and the phase it belongs to. */
export const BuildLogLine = z.object({ at: Time, phase: z.string(), text: z.string() });
export type BuildLogLine = z.output<typeof BuildLogLine>;

/** Who is asking, after authentication. */
export type Principal = {
  id: string;
  name: string;
  role: Role;
  project: string | null;
  expiresAt: string | null;
};
