import { z } from 'zod';
import { AuditRecord, Execution, InstanceInfo, LogLine, Outcome } from '../domain.ts';
import { parseDurationMs } from '../quantities.ts';
import {
  FunctionName,
  FunctionParams,
  IdParams,
  PageQuery,
  ProjectName,
  QueryFlag,
  VersionNumber,
  page,
  queryInt,
} from './inputs.ts';
import { defineRoute } from './route.ts';

/** Most lines that one answer has. */
export const LOG_LIMIT_LINES = 10_000;

const SINCE_EXPECTED = 'expected an ISO time or a duration such as "5m"';

const Since = z
  .string(SINCE_EXPECTED)
  .transform((text, context) => {
    const agoMs = parseDurationMs(text);
    const time =
      agoMs === undefined && /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Date.now() - (agoMs ?? NaN);
    if (time >= 0 && time <= 8.64e15) return new Date(time).toISOString();
    context.addIssue({ code: 'custom', message: SINCE_EXPECTED });
    return z.NEVER;
  })
  .meta({ description: 'An ISO time, or a duration such as `5m`.' });

const RequestId = z.string().max(64);

/** What runs and what ran. */
export const observationApi = {
  listInstances: defineRoute({
    method: 'get',
    path: '/projects/:project/functions/:name/instances',
    tag: 'Observation',
    summary: 'List the running copies of a function',
    action: 'instance.read',
    params: FunctionParams,
    query: PageQuery.extend({
      stats: QueryFlag.default(false).meta({ description: 'With CPU and memory, which takes a second or two.' }),
    }), // prettier-ignore
    answer: { status: 200, json: page(InstanceInfo) },
    problems: ['not_found'],
  }),
  getLogs: defineRoute({
    method: 'get',
    path: '/projects/:project/functions/:name/logs',
    tag: 'Observation',
    summary: 'Read what a function printed',
    description: `At most ${LOG_LIMIT_LINES} lines, in order of time; with \`follow=true\` server-sent events: \`line\`.`,
    action: 'log.read',
    params: FunctionParams,
    query: z.strictObject({
      since: Since.optional(),
      tail: queryInt({ min: 0, max: LOG_LIMIT_LINES }).optional(),
      requestId: RequestId.optional(),
      version: VersionNumber.optional(),
      follow: QueryFlag.default(false),
    }),
    answer: { status: 200, json: page(LogLine), events: { line: LogLine } },
    problems: ['not_found'],
  }),
  listExecutions: defineRoute({
    method: 'get',
    path: '/executions',
    tag: 'Observation',
    summary: 'List calls, newest first',
    action: 'execution.read',
    query: PageQuery.extend({
      project: ProjectName.optional(),
      function: FunctionName.optional(),
      outcome: Outcome.optional(),
      requestId: RequestId.optional(),
      version: VersionNumber.optional(),
    }),
    answer: { status: 200, json: page(Execution) },
    problems: ['not_found'],
  }),
  getExecution: defineRoute({
    method: 'get',
    path: '/executions/:id',
    tag: 'Observation',
    summary: 'Describe a call, by its id or its request id',
    action: 'execution.read',
    params: IdParams,
    answer: { status: 200, json: Execution },
    problems: ['not_found'],
  }),
  listAudit: defineRoute({
    method: 'get',
    path: '/audit',
    tag: 'Observation',
    summary: 'List changes of the record, newest first',
    action: 'audit.read',
    query: PageQuery.extend({ object: z.string().max(200).optional() }),
    answer: { status: 200, json: page(AuditRecord) },
    problems: [],
  }),
};
