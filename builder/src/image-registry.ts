/**
 * Where images are kept beside the engine: one repository a function, named for the installation and the function's id.
 * Errors: `unavailable` when the registry does not answer or refuses, with what to do; EngineAway as ImageBuilder says it.
 */
export type ImageRegistry = {
  /** `host:port`, as the engine reaches it. */
  readonly host: string;
  /** Pushes an image of the engine; resolves with the reference to pull it by, `<host>/<repository>@sha256:<hex>`. */
  push: (image: { imageId: string; functionId: string; tag: string }, signal: AbortSignal) => Promise<string>;
  /** Ids of the functions that have images there, or had: the registry lists what is empty, too. */
  functionIds: (signal: AbortSignal) => Promise<string[]>;
  /** What a function's repository holds under a tag. */
  manifests: (functionId: string, signal: AbortSignal) => Promise<RegistryManifest[]>;
  /** Deletes one manifest; the registry's own garbage collection then frees its layers. One that is gone is no error. */
  removeManifest: (functionId: string, digest: string, signal: AbortSignal) => Promise<void>;
  /** Pushes an image under a name of its own, pulls it, and deletes it there; resolves with how long that took. */
  tryOut: (imageId: string, signal: AbortSignal) => Promise<{ pushMs: number; pullMs: number }>;
};

/** `digest`: `sha256:<hex>`, by which versions name their image in `imageRef`. */
export type RegistryManifest = { functionId: string; tag: string; digest: string };
