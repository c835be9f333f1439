import { z } from 'zod';
import { DomainRecord, FunctionRecord, Role, TokenRecord } from '../domain.ts';
import { FunctionConfig } from '../function-config.ts';

/** What the API shows that is not a record as it is stored. */

export const FunctionStatus = z.enum(['stopped', 'deploying', 'failed', 'active']);
export type FunctionStatus = z.output<typeof FunctionStatus>;

/** A function as the API shows it: the record, and what a person wants to know first. */
export const FunctionView = FunctionRecord.extend({
  url: z.string().meta({ description: 'Through the gateway, with a token.' }),
  host: z.string().nullable().meta({ description: 'Its own host, without a token; null when it has none.' }),
  hostUrl: z.string().nullable().meta({ description: 'The same as an URL that this gateway answers.' }),
  live: FunctionConfig.nullable().meta({
    description:
      'The configuration of the version that alias `live` names most; null before the first is ready.',
  }),
  status: FunctionStatus,
});
export type FunctionView = z.output<typeof FunctionView>;

/** A custom domain as the API shows it. */
export const DomainView = DomainRecord.extend({
  display: z.string().meta({ description: 'The domain with Unicode where `domain` has punycode.' }),
});
export type DomainView = z.output<typeof DomainView>;

/** A token without its hash. */
export const TokenView = TokenRecord.omit({ hash: true });
export type TokenView = z.output<typeof TokenView>;

export const NewTokenView = TokenView.extend({
  token: z.string().meta({ description: 'The secret; it is shown this once.' }),
});

/** Who is asking; the domain's `Principal`. */
export const PrincipalView = z.object({
  id: z.string(),
  name: z.string(),
  role: Role,
  project: z.string().nullable(),
  expiresAt: z.iso.datetime().nullable(),
});

/** The controller client's `EngineInfo`. */
export const EngineView = z.object({
  engine: z.string(),
  available: z.boolean(),
  version: z.string().nullable(),
  problem: z.string().nullable().meta({ description: 'Why it is not available, and what to do.' }),
  isolation: z.string().optional().meta({
    description:
      'How far instances are kept apart from the host and each other, where that is less than containers do.',
  }),
  move: z
    .strictObject({ to: z.string(), left: z.array(z.string()), problems: z.array(z.string()) })
    .optional()
    .meta({
      description:
        'While functions move to another engine: the versions that have not moved yet, and what stands in the way.',
    }),
  instances: z.int(),
});

/** The proxy client's `ReachInfo`. */
export const ReachView = z.object({
  way: z.enum(['direct', 'relay', 'unknown']).meta({
    description: 'How instances are called: by their addresses, or through a relay container.',
  }),
  reason: z.string(),
  problem: z.string().nullable().meta({ description: 'Why they cannot be called at present.' }),
});

export const SystemView = z.object({
  version: z.string(),
  domain: z.string(),
  publicUrl: z.string(),
  engine: EngineView,
  reach: ReachView,
  services: z.array(z.object({ name: z.string(), ok: z.boolean(), problem: z.string().nullable() })),
  recording: z.object({ queued: z.int(), lost: z.int() }).nullable().meta({
    description:
      'Calls whose record is on its way, and those whose record was lost since the start; null when the function-proxy cannot be asked.',
  }),
  limits: z.object({ bodyBytes: z.int(), sourceBytes: z.int(), requestsPerSecond: z.int() }),
});
export type SystemView = z.output<typeof SystemView>;
