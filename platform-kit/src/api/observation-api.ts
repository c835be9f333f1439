import { z } from 'zod';
import { AuditRecord, InstanceInfo, LogLine, PooledContainer } from '../domain.ts';
import {
  FunctionParams,
  Moment,
  PageQuery,
  ProjectName,
  QueryFlag,
  RequestId,
  VersionNumber,
  page,
  queryInt,
} from './inputs.ts';
import { defineRoute } from './route.ts';

/** Most lines that one answer has. */
export const LOG_LIMIT_LINES = 10_000;

const InstancesQuery = PageQuery.extend({
  stats: QueryFlag.default(false).meta({ description: 'With CPU and memory, which takes a second or two.' }),
});

/** What runs, and what it printed. */
export const observationApi = {
  listAllInstances: defineRoute({
    method: 'get',
    path: '/instances',
    tag: 'Observation',
    summary: 'List the running copies of all functions that the token sees',
    action: 'instance.read',
    query: InstancesQuery.extend({ project: ProjectName.optional() }),
    answer: { status: 200, json: page(InstanceInfo) },
    problems: ['not_found'],
  }),
  listInstances: defineRoute({
    method: 'get',
    path: '/projects/:project/functions/:name/instances',
    tag: 'Observation',
    summary: 'List the running copies of a function',
    action: 'instance.read',
    params: FunctionParams,
    query: InstancesQuery,
    answer: { status: 200, json: page(InstanceInfo) },
    problems: ['not_found'],
  }),
  listPools: defineRoute({
    method: 'get',
    path: '/pools',
    tag: 'Observation',
    summary: 'List the containers that wait for a function',
    description:
      'They run without a function and take the code of one when it wakes, so that its first call need not wait for a start. Each belongs to one project and serves one function, once.',
    action: 'instance.read',
    query: PageQuery.extend({ project: ProjectName.optional() }),
    answer: { status: 200, json: page(PooledContainer) },
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
      since: Moment.optional(),
      tail: queryInt({ min: 0, max: LOG_LIMIT_LINES }).optional(),
      requestId: RequestId.optional(),
      version: VersionNumber.optional(),
      until: Moment.optional(),
      q: z
        .string()
        .min(1)
        .max(200)
        .optional()
        .meta({ description: 'Only lines that contain this, in whatever case.' }),
      instance: z.string().max(100).optional().meta({ description: 'By name, or the beginning of its id.' }),
      stream: LogLine.shape.stream.optional(),
      follow: QueryFlag.default(false),
    }),
    answer: { status: 200, json: page(LogLine), events: { line: LogLine } },
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
