import { z } from 'zod';

const Time = z.iso.datetime();

/** What happened in one step of time. Durations are the function's own part of a call; null when there was no call. */
export const MetricPoint = z.object({
  at: Time.meta({ description: 'Start of the step.' }),
  calls: z.int(),
  errors: z.object({
    function: z.int().meta({ description: 'The function failed or broke off.' }),
    timeout: z.int(),
    platform: z.int().meta({ description: 'The platform could not carry the call.' }),
    client: z.int().meta({ description: 'The caller left.' }),
  }),
  status: z.object({ '2xx': z.int(), '3xx': z.int(), '4xx': z.int(), '5xx': z.int() }).meta({
    description: 'What the callers got.',
  }),
  p50Ms: z.number().nullable(),
  p95Ms: z.number().nullable(),
  p99Ms: z.number().nullable(),
  meanMs: z.number().nullable(),
  coldStarts: z.int(),
  meanWaitMs: z.number().nullable().meta({ description: 'Waiting and waking before the call.' }),
  meanWakeMs: z.number().nullable().meta({ description: 'Of those calls that woke an instance.' }),
  cpuMs: z.number().nullable().meta({ description: 'CPU time a call, as the runtime measured it.' }),
  memoryBytes: z.int().nullable().meta({ description: 'Most memory that the runtime saw in a call.' }),
  bytesIn: z.int(),
  bytesOut: z.int(),
  instances: z.int().nullable().meta({ description: 'Most instances at once; null when nobody looked.' }),
  instanceCpuPercent: z.number().nullable().meta({ description: 'CPU of all instances, 100 is one core.' }),
  instanceMemoryBytes: z.int().nullable().meta({ description: 'Memory of the largest instance.' }),
});
export type MetricPoint = z.output<typeof MetricPoint>;

/** The whole range as one point, without a time. */
export const MetricTotals = MetricPoint.omit({ at: true });
export type MetricTotals = z.output<typeof MetricTotals>;

/** A function's calls over time: one point a step, oldest first, those without calls too. */
export const FunctionMetrics = z.object({
  project: z.string(),
  function: z.string(),
  version: z.int().nullable(),
  from: Time,
  to: Time,
  stepMs: z.int(),
  totals: MetricTotals,
  points: z.array(MetricPoint),
});
export type FunctionMetrics = z.output<typeof FunctionMetrics>;

/** What became of a function's calls in a range. */
export const FunctionUse = z.object({
  project: z.string(),
  function: z.string(),
  calls: z.int(),
  failed: z.int(),
  p95Ms: z.number().nullable(),
  coldStarts: z.int(),
  lastAt: Time.meta({
    description: 'When it was called last: about, to the step that is kept; with `quiet` to the millisecond.',
  }),
  trend: z
    .object({ stepMs: z.int(), calls: z.array(z.int()), failed: z.array(z.int()) })
    .nullable()
    .meta({
      description: 'Calls and failures a step, oldest first; null when nobody asked or none was called.',
    }),
});
export type FunctionUse = z.output<typeof FunctionUse>;

/** How busy instances are, as the controller last looked. Instances that were not looked at count in none but `instances`. */
export const InstanceSample = z.object({
  functionId: z.string(),
  project: z.string(),
  function: z.string(),
  version: z.int(),
  /** How many run. */
  instances: z.int(),
  /** CPU time that all of them used since they were looked at before; null when that is not known. */
  cpuMs: z.number().nullable(),
  /** Over how much time `cpuMs` was used. */
  periodMs: z.number(),
  /** Of the one with the most. */
  memoryBytes: z.int().nullable(),
  at: Time,
});
export type InstanceSample = z.output<typeof InstanceSample>;
