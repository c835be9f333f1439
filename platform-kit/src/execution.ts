import { z } from 'zod';

/**
 * From where an instance came for a call: `hot` was ready, `paused` was thawed, `stopped` was started again, `pool` was
 * a warm runtime that got the code, `new` was made.
 */
export const WakeRung = z.enum(['hot', 'paused', 'stopped', 'pool', 'new']);
export type WakeRung = z.output<typeof WakeRung>;

const Offset = z.number().nullable().default(null);

/** When the steps of a call were over, in ms since the request came in (`startedAt`); null for those it did not have. */
export const CallPhases = z.object({
  received: z.number().default(0),
  /** Token, rights and limits were checked; null at a function's own host, which asks for none. */
  authorised: Offset,
  /** The call began to wait for an instance; null when one was free. */
  queued: Offset,
  /** An instance was ready after the wait; null when it was one that had been ready. */
  woken: Offset,
  /** A connection to the instance was there and the request went out. */
  connected: Offset,
  /** The head of the instance's answer came. */
  firstByte: Offset,
  /** The last byte of the answer came. */
  lastByte: Offset,
});
export type CallPhases = z.output<typeof CallPhases>;

/** Part of a body as it is kept: text of at most the configured size, with secrets struck out. */
export const KeptBody = z.object({
  contentType: z.string(),
  /** Null when it was not kept; `omitted` says why. */
  text: z.string().nullable(),
  /** Size of the whole body. */
  bytes: z.int(),
  isCut: z.boolean(),
  isRedacted: z.boolean(),
  omitted: z.enum(['content_type', 'encoding']).nullable(),
});
export type KeptBody = z.output<typeof KeptBody>;

/** `null`: there was none. */
export const KeptBodies = z.object({ request: KeptBody.nullable(), response: KeptBody.nullable() });
export type KeptBodies = z.output<typeof KeptBodies>;

/** Whose bodies are kept: of no call, of those that failed or got a status of 400 or more, of all. */
export const KeepBodies = z.enum(['off', 'errors', 'all']);
export type KeepBodies = z.output<typeof KeepBodies>;
