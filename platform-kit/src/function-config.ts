import { z } from 'zod';
import { PlatformError } from './errors.ts';
import { KeepBodies } from './execution.ts';
import { nearest } from './nearest.ts';
import { takesHandler, type RuntimeManifest } from './runtime-manifest.ts';
import { ScaleInput, ScalePolicy, resolveScale } from './scale-policy.ts';
import { durationMs, memoryMb } from './units.ts';

/** Names the platform sets itself; a function's own environment may not take them. */
const RESERVED_ENV = /^(PORT$|PLAT_)/;
const ENV_MAX_BYTES = 32 * 1024;

const EnvName = z
  .string()
  .regex(
    /^[A-Za-z_][A-Za-z0-9_]*$/,
    'a variable name has letters, digits and underscores and does not start with a digit',
  )
  .refine((name) => !RESERVED_ENV.test(name), 'PORT and names that start with PLAT_ are set by the platform');

const Environment = z
  .record(EnvName, z.union([z.string(), z.number(), z.boolean()]).transform(String))
  .refine(
    (env) => new TextEncoder().encode(JSON.stringify(env)).length <= ENV_MAX_BYTES,
    'all variables together have at most 32 KiB',
  )
  .refine(
    (env) => !Object.values(env).some((value) => value.includes('\0')),
    'a value must not contain a NUL character',
  );

/**
 * The configuration of a function as a person writes it (`plat.yaml` without `name` and `project`; the `config` part
 * of a deploy). Whatever is left out comes from the runtime's manifest.
 */
export const FunctionConfigInput = z.strictObject({
  runtime: z.string({ error: 'expected the id of a runtime, such as "node" or "python"' }).meta({ description: 'Runtime id: `node`, `python`. `plat runtimes` lists them.' }),
  handler: z.string().regex(/^[\w./-]+\.[A-Za-z_$][\w$]*$/, 'expected "<file>.<export>", such as "index.handler"').refine((h) => !h.startsWith('/') && !h.split('/').includes('..'), 'expected a path inside the source').optional().meta({ description: 'What to call: `<file>.<export>`, such as `index.handler`; a WSGI application, such as `wsgi.application`; or the file of a script, such as `cloud.py`.' }),
  memory: memoryMb({ minMb: 32, maxMb: 10_240 }).optional().meta({ description: 'Memory limit of an instance: `128MB`, `1GB` or a number of MiB.' }),
  cpu: z.number().min(0.05).max(64).optional().meta({ description: 'CPU limit of an instance, in cores.' }),
  timeout: durationMs({ minMs: 100, maxMs: 900_000 }).optional().meta({ description: 'Longest duration of one call: `30s`, `5m` or a number of seconds.' }),
  concurrency: z.int().min(1).max(1000).optional().meta({ description: 'How many calls one instance serves at the same time.' }),
  env: Environment.optional().meta({ description: 'Environment variables.' }),
  scale: ScaleInput.optional().meta({ description: 'How many instances run, and how they go to rest.' }),
  keepBodies: KeepBodies.optional().meta({ description: 'Whose request and response bodies are kept with the record of the call, in part and without what looks like a secret: `off` (the default), `errors` or `all`.' }),
  edge: z.enum(['proxy', 'direct', 'off']).optional().meta({ description: '`proxy`: reachable without a token at its own host; `direct`: the same, but Traefik asks its instances without the function-proxy between (wants `scale.min` of at least 1); `off`: only through `/function/…` with a token.' }),
}); // prettier-ignore
export type FunctionConfigInput = z.input<typeof FunctionConfigInput>;

/** The configuration of a version: complete and in units; immutable once the version exists. */
export const FunctionConfig = z.strictObject({
  runtime: z.string(),
  contract: z.enum(['handler', 'http', 'script']),
  handler: z.string().nullable(),
  memoryMb: z.int(),
  cpus: z.number(),
  timeoutMs: z.int(),
  concurrency: z.int(),
  env: z.record(z.string(), z.string()),
  scale: ScalePolicy,
  edge: z.enum(['proxy', 'direct', 'off']),
  keepBodies: KeepBodies.default('off'),
});
export type FunctionConfig = z.output<typeof FunctionConfig>;

const DEFAULTS = { cpus: 1, edge: 'proxy' } as const;

/** Fills what the input leaves out from the runtime's manifest; throws `invalid` for an unknown runtime. */
export function resolveFunctionConfig(
  input: z.output<typeof FunctionConfigInput>,
  manifests: readonly RuntimeManifest[],
): FunctionConfig {
  const manifest = manifests.find((candidate) => candidate.id === input.runtime);
  if (!manifest) {
    const ids = manifests.map((candidate) => candidate.id);
    const guess = nearest(input.runtime, ids);
    throw new PlatformError(
      'invalid',
      `runtime: there is no runtime "${input.runtime}"; ${guess ? `did you mean "${guess}"?` : `there are: ${ids.join(', ')}.`}`,
      { details: { field: 'runtime', received: input.runtime, known: ids } },
    );
  }
  const { defaults } = manifest;
  if (input.handler !== undefined && !takesHandler(manifest)) {
    throw new PlatformError(
      'invalid',
      `handler: a function of the runtime "${manifest.id}" has none; remove the line.`,
      { details: { field: 'handler', received: input.handler } },
    );
  }
  const edge = input.edge ?? DEFAULTS.edge;
  return {
    runtime: manifest.id,
    contract: manifest.contract,
    handler: takesHandler(manifest) ? (input.handler ?? defaults.handler ?? null) : null,
    memoryMb: input.memory ?? defaults.memoryMb,
    cpus: input.cpu ?? DEFAULTS.cpus,
    timeoutMs: input.timeout ?? defaults.timeoutSeconds * 1000,
    concurrency: input.concurrency ?? defaults.concurrency,
    env: input.env ?? {},
    scale: resolveScale(input.scale, leastInstances(input.scale?.min, edge)),
    edge,
    keepBodies: input.keepBodies ?? 'off',
  };
}

/** With `edge: direct` nobody sees the calls that would wake a sleeping function. */
function leastInstances(given: number | undefined, edge: FunctionConfig['edge']): number {
  if (edge !== 'direct') return 0;
  if (given !== 0) return 1;
  throw new PlatformError(
    'invalid',
    'scale.min: with edge: direct at least one instance always runs; set scale.min to 1 or more, leave it out, or use edge: proxy.',
    { details: { field: 'scale.min', received: 0 } },
  );
}
