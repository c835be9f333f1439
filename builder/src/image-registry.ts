/**
 * Where images are kept beside the engine: one repository a function, named for the installation and the function's id.
 * Errors: `unavailable` when the registry does not answer or refuses, with what to do; EngineAway as ImageBuilder says it.
 */
export type ImageRegistry = {
  /** `host:port`, as the engine reaches it. */
  readonly host: string;
  /** Pushes an image of the engine; resolves with the reference to pull it by, `<host>/<repository>@sha256:<hex>`. */
  push: (image: { imageId: string; functionId: string; tag: string }, signal: AbortSignal) => Promise<string>;
  /** Ids of the functions that have images there. */
  functionIds: (signal: AbortSignal) => Promise<string[]>;
  /** Deletes all manifests of a function; the registry's own garbage collection then frees their layers. */
  remove: (functionId: string, signal: AbortSignal) => Promise<void>;
};
