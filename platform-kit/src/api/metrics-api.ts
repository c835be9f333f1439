import { z } from 'zod';
import { Execution } from '../domain.ts';
import { FunctionMetrics, FunctionUse, MetricPoint, MetricTotals } from '../metrics.ts';
import {
  Cursor,
  FunctionName,
  FunctionParams,
  ProjectName,
  QueryFlag,
  VersionNumber,
  page,
  queryDuration,
  queryInt,
} from './inputs.ts';
import { defineRoute } from './route.ts';

const TAG = 'Metrics';

/** Most points that one answer has. */
export const POINTS_MAX = 1500;
/** The platform adds up all functions for each page: few pages are better. */
const USE_PAGE_MAX = 5000;

const Range = queryDuration({ min: '1m', max: '400d' });
const Step = queryDuration({ min: '10s', max: '30d' });

const MetricsQuery = z.strictObject({
  range: Range.prefault('1h'),
  step: Step.optional().meta({
    description: `Length of one point; at most ${POINTS_MAX} points. The answer says which step it has: the nearest that is kept for so long.`,
  }),
  version: VersionNumber.optional(),
});

const Budgeted = z.object({ limit: z.number(), used: z.number() });

/** What all instances together may take of the host, and do take, each counted with its limits. */
export const Budget = z.object({
  memoryMb: Budgeted,
  cpus: Budgeted,
  pids: Budgeted,
  waiting: z.int().meta({ description: 'Starts that wait for room.' }),
  evictions: z
    .int()
    .meta({ description: 'Idle instances that had to make room for others, since the start.' }),
  pooled: z
    .object({ containers: z.int(), memoryMb: z.number(), cpus: z.number(), pids: z.number() })
    .meta({ description: 'What of it containers have that wait for a function; they are the first to go.' }),
});
export type Budget = z.output<typeof Budget>;

/** The host that functions run on; null for what nobody knows. */
export const Capacity = z.object({
  cpus: z.number().nullable(),
  memoryBytes: z.int().nullable(),
  instances: z.int(),
  cpuPercent: z.number().nullable().meta({ description: 'Of all instances together; 100 is one core.' }),
  usedMemoryBytes: z.int().nullable().meta({ description: 'Of all instances together.' }),
  budget: Budget.nullable().meta({ description: 'Null while the engine does not answer.' }),
});
export type Capacity = z.output<typeof Capacity>;

export const Dashboard = z.object({
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  stepMs: z.int(),
  functions: z.object({ all: z.int(), active: z.int(), stopped: z.int(), deploying: z.int(), failed: z.int() }),
  instances: z.int(),
  totals: MetricTotals,
  callsPerSecond: z.number().meta({ description: 'Over the range.' }),
  failureRate: z.number().nullable().meta({ description: 'From 0 to 1; null without a call.' }),
  points: z.array(MetricPoint),
  topFunctions: z.array(FunctionUse),
  recentFailures: z.array(Execution),
  capacity: Capacity.nullable(),
  recording: z.object({ queued: z.int(), lost: z.int() }).nullable().meta({
    description: 'Calls whose record is on its way, and those whose record was lost since the start.',
  }),
}); // prettier-ignore
export type Dashboard = z.output<typeof Dashboard>;

const PROJECT = z.strictObject({ project: ProjectName.optional() });

/** The services that can be scraped; the gateway, when none is named. */
export const ScrapedService = z.enum([
  'api-gateway',
  'function-proxy',
  'function-controller',
  'builder',
  'metadata-service',
]);
export type ScrapedService = z.output<typeof ScrapedService>;

export const metricsApi = {
  scrapeMetrics: defineRoute({
    method: 'get',
    path: '/metrics',
    at: 'root',
    tag: TAG,
    summary: 'Metrics of one service for Prometheus, in its text format',
    description:
      'Every service is a target of its own: `?service=function-proxy`. A service that is away is `unreachable`. Wants a token that belongs to no project.',
    action: 'metrics.scrape',
    query: z.strictObject({ service: ScrapedService.default('api-gateway') }),
    answer: { status: 200, text: 'text/plain' },
    problems: [],
  }),
  getFunctionMetrics: defineRoute({
    method: 'get',
    path: '/projects/:project/functions/:name/metrics',
    tag: TAG,
    summary: 'Calls of a function over time',
    action: 'execution.read',
    params: FunctionParams,
    query: MetricsQuery,
    answer: { status: 200, json: FunctionMetrics },
    problems: ['not_found'],
  }),
  getFunctionMetricsByName: defineRoute({
    method: 'get',
    path: '/functions/:name/metrics',
    tag: TAG,
    summary: 'Calls of a function over time',
    description: 'Without `project`, of the token’s own, else `default`.',
    action: 'execution.read',
    params: z.object({ name: FunctionName }),
    query: MetricsQuery.extend(PROJECT.shape),
    answer: { status: 200, json: FunctionMetrics },
    problems: ['not_found'],
  }),
  listFunctionUse: defineRoute({
    method: 'get',
    path: '/metrics',
    tag: TAG,
    summary: 'Calls of every function in a range, by project and name',
    description: 'Functions that were not called are left out; `quiet` adds those that once were. Pages are in the order of the list of functions.',
    action: 'execution.read',
    query: z.strictObject({
      before: Cursor,
      limit: queryInt({ min: 1, max: USE_PAGE_MAX }).default(50),
      project: ProjectName.optional(),
      range: Range.prefault('1h'),
      trend: queryInt({ min: 2, max: 60 }).optional().meta({
        description: 'Tells calls and failures over time, in about so many steps.',
      }),
      quiet: QueryFlag.default(false).meta({
        description: 'Also functions that were called before the range alone, as far as their calls are kept.',
      }),
    }),
    answer: { status: 200, json: page(FunctionUse) },
    problems: ['not_found'],
  }),
  getDashboard: defineRoute({
    method: 'get',
    path: '/dashboard',
    tag: TAG,
    summary: 'How the platform, or a project, fares',
    action: 'execution.read',
    query: z.strictObject({
      project: ProjectName.optional(),
      range: Range.prefault('1h'),
      step: Step.optional(),
    }),
    answer: { status: 200, json: Dashboard },
    problems: ['not_found'],
  }),
}; // prettier-ignore
