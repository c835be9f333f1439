import { z } from 'zod';
import { Time } from './domain.ts';

const Party = z.object({
  functionId: z.string(),
  project: z.string(),
  function: z.string(),
  version: z.int(),
});

/** An instance that was put out to make room. The function-controller keeps the latest in memory only. */
export const Eviction = z.object({
  at: Time,
  /** The engine's id of it. */
  instance: z.string(),
  from: Party,
  /** What its room was wanted for; null when all instances together took more than they may. */
  taker: Party.nullable(),
  /** When an instance of its version was started again. */
  backAt: Time.nullable(),
});
export type Eviction = z.output<typeof Eviction>;

/** Evictions behind `since`, oldest first; `count` is where to go on from. It begins anew with the controller. */
export type EvictionsSince = { count: number; items: Eviction[] };
