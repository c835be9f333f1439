import { z } from 'zod';

/** One command of an install; runs only when all of `files` are there and none of `without`. */
const InstallStep = z.strictObject({
  files: z.array(z.string()).min(1),
  without: z.array(z.string()).optional(),
  command: z.array(z.string()).min(1),
});

/**
 * How the runtime runs without a container. In commands and values, `{root}` stands for the folder that has the dependency
 * files and becomes the instance's, `{runtime}`, `{source}` and `{deps}` for the folders of these names in it.
 */
const ProcessSection = z.strictObject({
  command: z.array(z.string()).min(1),
  env: z.record(z.string(), z.string()).optional(),
  /** Run in `{root}` before the source is there, so that what they make can be used again. */
  install: z.array(InstallStep).optional(),
});

/** How its containers can start without code and get it later: which sources need nothing but their code. */
const PoolSection = z.strictObject({
  /**
   * Files of `dependencyFiles` that bring nothing as long as these parts of their JSON are missing or empty;
   * `scripts.install` is a part of a part. Those that neither this nor `commentsOnly` names bring nothing by themselves.
   */
  emptyParts: z.record(z.string(), z.array(z.string())).default({}),
  /** Files of `dependencyFiles` that bring nothing as long as every line is empty or a comment (`#`). */
  commentsOnly: z.array(z.string()).default([]),
  /** Beginnings of names of variables that count only when the process starts. */
  startVariables: z.array(z.string()),
});

/** `runtimes/<id>/runtime.json`: all that the services know of a runtime. `docs/runtime-contract.md` explains each field. */
export const RuntimeManifest = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9-]*$/),
  title: z.string(),
  contract: z.enum(['handler', 'http', 'script']),
  defaults: z.strictObject({
    handler: z.string().optional(),
    memoryMb: z.int(),
    concurrency: z.int(),
    timeoutSeconds: z.number(),
  }),
  /** Files at the source's root that decide the dependency layer; only these are in `deps/` of the build context. */
  dependencyFiles: z.array(z.string()),
  /**
   * Where a handler may stand: `{module}` is the part of it before the last dot, `{handler}` all of it. Empty when a
   * function of this runtime names none.
   */
  handlerFiles: z.array(z.string()),
  /** Files the source must have at its root. */
  requiredFiles: z.array(z.string()).optional(),
  baseImages: z.array(z.string()),
  /** Id of the runtime beside this one whose `server/` comes along, below this one's own. */
  extends: z.string().optional(),
  /** `runtime`: the folder that docs/runtime-contract.md describes. `source`: the source itself, with its own Dockerfile. */
  buildContext: z.enum(['runtime', 'source']).optional(),
  /** Left out: the runtime needs a container. */
  process: ProcessSection.optional(),
  /** Left out: every instance starts from its function's image. */
  pool: PoolSection.optional(),
});
export type RuntimeManifest = z.output<typeof RuntimeManifest>;

/** The files in which the handler `path/module.export` may stand, in the order they are looked for. */
export function handlerCandidates(manifest: RuntimeManifest, handler: string): string[] {
  const module = handler.slice(0, handler.lastIndexOf('.'));
  return manifest.handlerFiles.map((pattern) =>
    pattern.replace('{module}', module).replace('{handler}', handler),
  );
}

/** Whether a function of this runtime says what to call. */
export function takesHandler({ contract, handlerFiles }: RuntimeManifest): boolean {
  return contract === 'handler' || handlerFiles.length > 0;
}
