import { z } from 'zod';
import { Execution, LogLine, Outcome, Time, Trigger } from '../domain.ts';
import { KeptBodies, WakeRung } from '../execution.ts';
import { AliasName } from '../names.ts';
import {
  FunctionName,
  IdParams,
  Moment,
  PageQuery,
  ProjectName,
  QueryFlag,
  RequestId,
  VersionNumber,
  page,
} from './inputs.ts';
import { defineRoute } from './route.ts';

const TAG = 'Executions';

/** Most log lines that a call is shown with. */
export const EXECUTION_LOG_LINES = 1000;

export const STATUS_CLASSES = ['1xx', '2xx', '3xx', '4xx', '5xx'] as const;

/** What calls can be filtered by; all that is given has to hold. */
export const ExecutionQuery = z.strictObject({
  project: ProjectName.optional(),
  function: FunctionName.optional(),
  version: VersionNumber.optional(),
  alias: AliasName.optional(),
  trigger: Trigger.optional(),
  status: z.enum(STATUS_CLASSES).optional().meta({ description: 'Class of the status that the caller got.' }),
  outcome: Outcome.optional(),
  failed: QueryFlag.optional().meta({ description: '`true`: every outcome but `ok`; `false`: only `ok`.' }),
  cold: QueryFlag.optional().meta({ description: 'Whether the call woke an instance.' }),
  rung: WakeRung.optional(),
  instance: z.string().max(100).optional(),
  requestId: RequestId.optional(),
  since: Moment.optional(),
  until: Moment.optional(),
  q: z.string().min(1).max(200).optional().meta({
    description: 'Text in path, method, error or request id; upper and lower case are the same.',
  }),
}); // prettier-ignore

/**
 * An instance that had to make room on the host, as a call has to do with it: `made_room` for the instance that the call
 * waited for, or `was_put_out`, which is why the call found none.
 */
export const EvictionOfCall = z.object({
  at: Time,
  role: z.enum(['made_room', 'was_put_out']),
  instance: z.string().meta({ description: 'The one that went.' }),
  other: z.object({ project: z.string(), function: z.string(), version: z.int() }).nullable().meta({
    description:
      'Whose the instance was that made room, or for whom this one was put out. Null when the token may not see it, and when the host’s budget was exceeded.',
  }),
});
export type EvictionOfCall = z.output<typeof EvictionOfCall>;

/** A call with all that is known of it. */
export const ExecutionDetail = Execution.extend({
  logs: z
    .array(LogLine)
    .nullable()
    .meta({
      description: `What the function printed during the call, at most ${EXECUTION_LOG_LINES} lines; null when it was not asked for or cannot be read.`,
    }),
  logsProblem: z.string().nullable().meta({ description: 'Why `logs` could not be read.' }),
  bodies: KeptBodies.nullable().meta({
    description: 'Null when none were kept, and for tokens that may not see them.',
  }),
  evictions: z.array(EvictionOfCall).meta({
    description:
      'Of a call that had to wait for an instance: what was put out for it, and whether its own had been. Known for the latest only.',
  }),
});
export type ExecutionDetail = z.output<typeof ExecutionDetail>;

export const executionsApi = {
  listExecutions: defineRoute({
    method: 'get',
    path: '/executions',
    tag: TAG,
    summary: 'List calls, newest first',
    description:
      'A search for what is rare may answer with fewer than `limit`, or none, and a `next`: it goes on from there.',
    action: 'execution.read',
    query: ExecutionQuery.extend(PageQuery.shape),
    answer: { status: 200, json: page(Execution) },
    problems: ['not_found'],
  }),
  getExecution: defineRoute({
    method: 'get',
    path: '/executions/:id',
    tag: TAG,
    summary: 'Describe a call, by its id or its request id: its phases, and what it printed',
    action: 'execution.read',
    params: IdParams,
    query: z.strictObject({ logs: QueryFlag.default(true) }),
    answer: { status: 200, json: ExecutionDetail },
    problems: ['not_found'],
  }),
  replayExecution: defineRoute({
    method: 'post',
    path: '/executions/:id/replay',
    tag: TAG,
    summary: 'Make a call once more',
    description:
      'With the method, path and body it had, through the alias or to the version it went to unless the query says otherwise; ' +
      'its other headers are not kept. `conflict` when the body was not kept whole. The answer is the function’s own.',
    action: null,
    params: IdParams,
    query: z
      .strictObject({ alias: AliasName.optional(), version: VersionNumber.optional() })
      .refine(
        (query) => query.alias === undefined || query.version === undefined,
        'expected either "alias" or "version"',
      ),
    answer: 'function',
    problems: [
      'not_found',
      'conflict',
      'too_large',
      'function_failed',
      'cold_start_timeout',
      'function_timeout',
    ],
  }),
};
