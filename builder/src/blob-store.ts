import type { Readable } from 'node:stream';

/** `sha256:<64 hex digits>` of the content. */
export type Digest = string;

/** Content that has arrived whole but is not kept yet. One of `keep` and `discard` must be called. */
export type StagedBlob = {
  digest: Digest;
  bytes: number;
  /** A local file with the content, valid until `keep` or `discard`. */
  file: string;
  /** Keeps it under its digest, durably; a blob that is already there counts as stored now. */
  keep: () => Promise<void>;
  discard: () => Promise<void>;
};

export type BlobInfo = { digest: Digest; bytes: number; storedAtMs: number };

/** Keeps content under its sha256. Errors: `too_large`, `not_found`. */
export type BlobStore = {
  /**
   * Takes in a stream while hashing it, never held in memory whole. `too_large` as soon as it is over the limit; a stream
   * that breaks leaves nothing behind, and its error is thrown on.
   */
  stage: (content: Readable, options: { limitBytes: number; signal?: AbortSignal }) => Promise<StagedBlob>;
  has: (digest: Digest) => Promise<boolean>;
  /** `not_found` when it is not there. */
  get: (digest: Digest) => Promise<{ content: Readable; bytes: number }>;
  /** Lends the content as a local file for the time of `use`; `not_found` when it is not there. */
  withFile: <T>(digest: Digest, use: (file: string) => Promise<T>) => Promise<T>;
  /** Deletes it if it was stored before that time; whether it is gone now. */
  deleteOlder: (digest: Digest, storedBeforeMs: number) => Promise<boolean>;
  list: () => AsyncIterable<BlobInfo>;
};
