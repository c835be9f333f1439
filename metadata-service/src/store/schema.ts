import type { AliasWeight, FunctionState, Outcome, Role, Trigger } from '@plat/platform-kit/domain.ts';
import type { WakeRung } from '@plat/platform-kit/execution.ts';
import type { ErrorCode } from '@plat/platform-kit/errors.ts';
import type { RolloutState } from '@plat/platform-kit/rollout.ts';
import type { VersionState } from '@plat/platform-kit/version-states.ts';
import type { ColumnType } from 'kysely';
import type { z } from 'zod';
import type { ADDED, LARGEST } from './metric-columns.ts';

/** 64 bits. SQLite answers a number, PostgreSQL's driver a text: read it through `Number()`. */
export type BigInteger = ColumnType<number | string, number, number | string>;
/** 0 or 1; SQLite has no booleans. */
export type Flag = 0 | 1;
/** ISO 8601 in UTC with milliseconds, always the same length: text order is time order. */
export type IsoTime = string;
/** JSON as text. */
export type JsonText = string;

/** The tables, as the migrations make them. */
export type Database = {
  projects: { name: string; created_at: IsoTime };
  functions: {
    id: string;
    project: string;
    name: string;
    host_label: string;
    state: FunctionState;
    latest: number;
    /** Highest number that was promoted by becoming ready; alias changes by hand leave it alone. */
    promoted_number: number;
    created_at: IsoTime;
    updated_at: IsoTime;
  };
  versions: {
    function_id: string;
    number: number;
    state: VersionState;
    config: JsonText;
    source_digest: string;
    source_bytes: BigInteger;
    image_id: string | null;
    image_reused: Flag;
    image_ref: string | null;
    promote: Flag;
    error: JsonText | null;
    created_by: string;
    created_at: IsoTime;
    build_started_at: IsoTime | null;
    built_at: IsoTime | null;
    finished_at: IsoTime | null;
  };
  aliases: {
    function_id: string;
    name: string;
    updated_at: IsoTime;
    sticky: JsonText | null;
    /** What it named before, the newest last: lists of weights. */
    history: ColumnType<JsonText, JsonText | undefined, JsonText>;
  };
  alias_weights: {
    function_id: string;
    alias: string;
    version: AliasWeight['version'];
    weight: AliasWeight['weight'];
    position: number;
  };
  rollouts: {
    id: string;
    function_id: string;
    state: RolloutState;
    version: number;
    baseline: number | null;
    plan: JsonText;
    step: number;
    before: JsonText;
    reason: string | null;
    events: JsonText;
    created_by: string;
    created_at: IsoTime;
    started_at: IsoTime | null;
    step_started_at: IsoTime | null;
    finished_at: IsoTime | null;
  };
  /** Custom domains. The primary key is what keeps them unique over the platform. */
  domains: { domain: string; function_id: string; created_by: string; created_at: IsoTime };
  tokens: {
    id: string;
    name: string;
    role: Role;
    project: string | null;
    hash: string;
    expires_at: IsoTime | null;
    created_by: string;
    created_at: IsoTime;
  };
  executions: {
    id: string;
    request_id: string;
    trace_id: string | null;
    function_id: string;
    project: string;
    function: string;
    version: number | null;
    alias: string | null;
    trigger: Trigger;
    method: string;
    path: string;
    status: number;
    outcome: z.output<typeof Outcome>;
    error_code: ErrorCode | null;
    error_message: string | null;
    error_component: string | null;
    cold: Flag;
    rung: WakeRung;
    queue_ms: number;
    wake_ms: number;
    duration_ms: number;
    /** `CallPhases`. */
    phases: JsonText;
    cpu_ms: number | null;
    memory_bytes: ColumnType<number | string | null, number | null, number | null>;
    usage: 'runtime' | 'sampled' | 'shared' | null;
    bytes_in: BigInteger;
    bytes_out: BigInteger;
    instance: string | null;
    has_bodies: Flag;
    /** Milliseconds since 1970. */
    started_at: BigInteger;
  };
  /** Go with their execution. `bodies`: `KeptBodies`. */
  execution_bodies: { execution_id: string; bodies: JsonText };
  /** Sums of calls in steps of `resolution_s`, and (`b0`…) how long they took. Version 0 is no version. */
  metrics: {
    resolution_s: number;
    /** Milliseconds since 1970. */
    at: BigInteger;
    function_id: string;
    version: number;
    project: string;
    function: string;
  } & { [K in (typeof ADDED)[number] | (typeof LARGEST)[number]]: BigInteger };
  /** `seq` is that of the change the entry tells of. */
  audit: {
    seq: BigInteger;
    id: string;
    at: IsoTime;
    actor: string;
    action: string;
    object: string;
    detail: JsonText;
  };
  /** `key` and `request` are hashes; `answer` is what a repeated request is answered from. */
  idempotency: { key: string; request: string; answer: JsonText; created_at: IsoTime };
  /** One row a key that ever changed, at the number of its newest change. */
  changes: { kind: ChangeKind; key: string; seq: BigInteger };
  counters: { name: CounterName; value: BigInteger };
};

export type ChangeKind = 'project' | 'function' | 'token';
/** `change_seq`: number of the newest change. `change_floor`: highest number that was trimmed from the feed. */
export type CounterName = 'change_seq' | 'change_floor';
