import { z } from 'zod';
import {
  AliasRecord,
  AliasWeight,
  AuditRecord,
  BuildLogLine,
  Execution,
  FunctionRecord,
  InstanceInfo,
  LogLine,
  PooledContainer,
  Project,
  VersionError,
  VersionRecord,
} from '../domain.ts';
import { Check } from '../checks.ts';
import { GarbageItem, GarbageReport } from '../garbage.ts';
import { ERRORS, type ErrorCode } from '../errors.ts';
import { FunctionConfig, FunctionConfigInput } from '../function-config.ts';
import { RolloutPlan, RolloutPlanInput, RolloutView } from '../rollout.ts';
import { RuntimeManifest } from '../runtime-manifest.ts';
import { Sticky } from '../sticky.ts';
import { AliasChange } from './aliases-api.ts';
import {
  DomainView,
  EngineView,
  ReachView,
  FunctionView,
  NewTokenView,
  PrincipalView,
  SystemView,
  TokenView,
} from './views.ts';

/** RFC 9457; what `Problem` in `errors.ts` is as a type. */
const Problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.enum(Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]]),
    component: z.string().meta({ description: 'Who refused: the gateway, or the service behind it.' }),
    detail: z.string().meta({ description: 'What was received, what was expected, what to do next.' }),
    requestId: z.string(),
    details: z.record(z.string(), z.unknown()).optional(),
  })
  .meta({ description: 'Every error of the platform.' });

/** Schemas that the document has once, under a name of their own. */
const COMPONENTS = {
  Problem,
  Project,
  FunctionView,
  FunctionRecord,
  FunctionConfig,
  FunctionConfigInput,
  VersionRecord,
  VersionError,
  AliasRecord,
  AliasWeight,
  AliasChange,
  Sticky,
  Rollout: RolloutView,
  RolloutPlan,
  RolloutPlanInput,
  Domain: DomainView,
  InstanceInfo,
  PooledContainer,
  LogLine,
  BuildLogLine,
  Execution,
  AuditRecord,
  Token: TokenView,
  NewToken: NewTokenView,
  Principal: PrincipalView,
  System: SystemView,
  Engine: EngineView,
  Reach: ReachView,
  Runtime: RuntimeManifest,
  Check,
  GarbageReport,
  GarbageItem,
} satisfies Record<string, z.ZodType>;

export type JsonSchema = Record<string, unknown>;

/**
 * Turns zod schemas into JSON Schema 2020-12 and collects those that have a name. Answers may get further fields later,
 * so nothing is said about additional ones there; inputs are as strict as the parser.
 */
export class ComponentSchemas {
  readonly schemas: Record<string, JsonSchema> = {};
  readonly #registry = z.registry<{ id?: string }>();

  constructor() {
    for (const [id, schema] of Object.entries<z.ZodType>(COMPONENTS)) this.#registry.add(schema, { id });
  }

  reference(id: keyof typeof COMPONENTS): JsonSchema {
    return this.of(COMPONENTS[id], 'output');
  }

  of(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
    const {
      $schema: _,
      $defs,
      id,
      ...own
    } = z.toJSONSchema(schema, {
      io,
      target: 'draft-2020-12',
      unrepresentable: 'any',
      metadata: this.#registry,
      override: ({ zodSchema, jsonSchema }) => describe(zodSchema, jsonSchema, io),
    }) as JsonSchema & { $defs?: Record<string, JsonSchema>; id?: string };
    for (const [name, definition] of Object.entries($defs ?? {})) this.#collect(name, definition);
    if (id === undefined) return renamed(own);
    this.#collect(id, own);
    return { $ref: `#/components/schemas/${id}` };
  }

  #collect(name: string, { id: _, ...schema }: JsonSchema): void {
    this.schemas[name] = renamed(schema);
  }
}

function describe(schema: unknown, json: JsonSchema, io: 'input' | 'output'): void {
  const { openapi, description, examples } = (z.globalRegistry.get(schema as z.ZodType) ?? {}) as {
    openapi?: JsonSchema;
    description?: string;
    examples?: unknown[];
  };
  if (openapi) {
    for (const key of Object.keys(json)) if (key !== 'default') delete json[key];
    Object.assign(json, openapi);
  }
  if (description !== undefined) json['description'] = description;
  if (examples !== undefined) json['examples'] = examples;
  if (io === 'output' && json['additionalProperties'] === false) delete json['additionalProperties'];
  if (json['format'] === 'date-time') delete json['pattern'];
  // What JavaScript can count is no limit that a reader wants to know.
  if (json['minimum'] === Number.MIN_SAFE_INTEGER) delete json['minimum'];
  if (json['maximum'] === Number.MAX_SAFE_INTEGER) delete json['maximum'];
}

function renamed<T extends JsonSchema>(schema: T): T {
  const text = JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/');
  return JSON.parse(text) as T;
}
