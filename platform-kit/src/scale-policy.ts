import { z } from 'zod';
import { PlatformError } from './errors.ts';
import { durationMs, formatDuration } from './units.ts';

const REST = { minMs: 1000, maxMs: 7 * 86_400_000 };

/** How many instances of a function run, and how they go to rest, as a person writes it. */
export const ScaleInput = z.strictObject({
  min: z.int().min(0).max(20).optional().meta({ description: 'Instances that are always kept; 0 lets the function sleep.' }),
  max: z.int().min(1).max(100).optional().meta({ description: 'Most instances of a version; 10 when left out, or `min` when that is more.' }),
  target: z.number().min(0.1).max(1).optional().meta({ description: 'How full instances should be, as a share of their `concurrency`: `0.7` when left out.' }),
  pauseAfter: durationMs(REST).optional().meta({ description: 'How long without a call until instances beyond `min` are paused: they keep their memory, use no CPU, and wake in some milliseconds. `1m` when left out; never, if it is not less than `idle`.' }),
  stopAfter: durationMs(REST).optional().meta({ description: 'How long without a call until they are stopped: they keep no memory, and start again quicker than from nothing. `10m` when left out; never, if it is not less than `idle`.' }),
  idle: durationMs(REST).optional().meta({ description: 'How long without a call until they are removed; `15m` when left out.' }),
}); // prettier-ignore
export type ScaleInput = z.output<typeof ScaleInput>;

/** What holds for a function that does not say, and for versions from before there was something to say. */
export const SCALE_DEFAULTS = {
  min: 0,
  max: 10,
  target: 0.7,
  pauseAfterMs: 60_000,
  stopAfterMs: 600_000,
  idleMs: 15 * 60_000,
} as const;

/** The same of a version: complete, `pauseAfterMs` ≤ `stopAfterMs`. A rung at or after `idleMs` is never reached. */
export const ScalePolicy = z.strictObject({
  min: z.int(),
  max: z.int().default(SCALE_DEFAULTS.max),
  target: z.number().default(SCALE_DEFAULTS.target),
  pauseAfterMs: z.int().default(SCALE_DEFAULTS.pauseAfterMs),
  stopAfterMs: z.int().default(SCALE_DEFAULTS.stopAfterMs),
  idleMs: z.int(),
});
export type ScalePolicy = z.output<typeof ScalePolicy>;

/** Fills what is left out; throws `invalid` for settings that contradict each other. */
export function resolveScale(input: ScaleInput = {}, leastMin: number = SCALE_DEFAULTS.min): ScalePolicy {
  const min = input.min ?? Math.max(leastMin, SCALE_DEFAULTS.min);
  if (input.max !== undefined && input.max < min)
    throw contradiction('scale.max', input.max, `expected scale.min (${min}) or more`);
  const { pauseAfter, stopAfter } = input;
  if (pauseAfter !== undefined && stopAfter !== undefined && stopAfter < pauseAfter)
    throw contradiction('scale.stopAfter', stopAfter, 'expected scale.pauseAfter or more');
  const stopAfterMs = stopAfter ?? Math.max(SCALE_DEFAULTS.stopAfterMs, pauseAfter ?? 0);
  return {
    min,
    max: input.max ?? Math.max(SCALE_DEFAULTS.max, min),
    target: input.target ?? SCALE_DEFAULTS.target,
    pauseAfterMs: pauseAfter ?? Math.min(SCALE_DEFAULTS.pauseAfterMs, stopAfterMs),
    stopAfterMs,
    idleMs: input.idle ?? SCALE_DEFAULTS.idleMs,
  };
}

/** How instances beyond the least number go to rest, for a person. */
export function describeRest({ pauseAfterMs, stopAfterMs, idleMs }: ScalePolicy): string {
  return [
    pauseAfterMs < Math.min(stopAfterMs, idleMs) && `paused after ${formatDuration(pauseAfterMs)}`,
    stopAfterMs < idleMs && `stopped after ${formatDuration(stopAfterMs)}`,
    `removed after ${formatDuration(idleMs)}`,
  ]
    .filter(Boolean)
    .join(', ');
}

function contradiction(field: string, received: number, expected: string): PlatformError {
  return new PlatformError('invalid', `${field}: ${expected} (received ${received}).`, {
    details: { field, received },
  });
}
