import { z } from 'zod';
import { AliasRecord, Execution, FunctionState, InstanceInfo, Time, VersionError } from '../domain.ts';
import { FunctionName, ProjectName } from './inputs.ts';
import { defineRoute } from './route.ts';
import { VERSION_STATES, type VersionState } from '../version-states.ts';

const Of = z.object({ functionId: z.string(), project: z.string(), function: z.string() });

export const FunctionEvent = Of.extend({
  state: z.union([FunctionState, z.literal('deleted')]),
  latest: z.int(),
  aliases: z.array(AliasRecord),
});
export type FunctionEvent = z.output<typeof FunctionEvent>;

/** Builds are versions in the states `pending` and `building`. */
export const VersionEvent = Of.extend({
  version: z.int(),
  state: z.enum(VERSION_STATES as [VersionState, ...VersionState[]]),
  error: VersionError.nullable(),
});
export type VersionEvent = z.output<typeof VersionEvent>;

export const InstanceEvent = Of.extend({
  id: z.string(),
  version: z.int(),
  status: z.string().meta({ description: 'The engine’s word, or `gone`.' }),
  readiness: InstanceInfo.shape.readiness,
});
export type InstanceEvent = z.output<typeof InstanceEvent>;

/** An idle instance was put out, so that others have room on the host. */
export const EvictionEvent = Of.extend({
  at: Time,
  version: z.int(),
  instance: z.string(),
  taker: z.object({ project: z.string(), function: z.string(), version: z.int() }).nullable().meta({
    description: 'For whom. Null when the token may not see it, and when the host’s budget was exceeded.',
  }),
});
export type EvictionEvent = z.output<typeof EvictionEvent>;

/** Calls that were recorded in the last second or so. */
export const ExecutionsEvent = z.object({
  items: z.array(Execution),
  skipped: z.int().meta({ description: 'How many more there were than an event holds.' }),
});
export type ExecutionsEvent = z.output<typeof ExecutionsEvent>;

/** What came before cannot be told any more: whoever shows a state has to read it anew. */
export const MissedEvent = z.object({
  events: z.int().nullable().meta({ description: 'How many were missed; null when nobody knows.' }),
});

export const EVENT_KINDS = ['function', 'version', 'instance', 'eviction', 'executions'] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

const Kinds = z
  .string()
  .transform((text) => text.split(',').filter((kind) => kind !== ''))
  .pipe(z.array(z.enum(EVENT_KINDS)).min(1))
  .meta({
    openapi: { type: 'string' },
    description: `Some of ${EVENT_KINDS.join(', ')}, with commas between.`,
  });

export const eventsApi = {
  watchEvents: defineRoute({
    method: 'get',
    path: '/events',
    tag: 'Events',
    summary: 'Follow what happens',
    description:
      'Server-sent events of all that the token may see. Every event has an id: who sends the last one as `Last-Event-ID` gets what ' +
      'came since, or `missed` when that is not kept any more. A reader that is too slow gets `missed` too. The stream ends when the token does.',
    action: 'function.list',
    query: z.strictObject({
      project: ProjectName.optional(),
      function: FunctionName.optional(),
      kinds: Kinds.optional(),
    }),
    answer: {
      status: 200,
      events: {
        function: FunctionEvent,
        version: VersionEvent,
        instance: InstanceEvent,
        eviction: EvictionEvent,
        executions: ExecutionsEvent,
        missed: MissedEvent,
      },
    },
    problems: ['not_found'],
  }),
}; // prettier-ignore
