import { z } from 'zod';
import { formatDuration, parseDurationMs, parseSizeBytes } from './quantities.ts';

export { formatBytes, formatDuration, parseDurationMs, parseSizeBytes } from './quantities.ts';

/** A duration in an input: text with a unit, or a number of seconds. Output: milliseconds. */
export function durationMs(limits: { minMs: number; maxMs: number }) {
  return z
    .union([z.string(), z.number()], {
      error: 'expected a duration such as "30s", "5m" or a number of seconds',
    })
    .transform((value, context) => {
      const ms = typeof value === 'number' ? Math.round(value * 1000) : parseDurationMs(value);
      if (ms === undefined || !Number.isFinite(ms)) {
        context.addIssue({
          code: 'custom',
          message: 'expected a duration such as "30s", "5m" or a number of seconds',
        });
        return z.NEVER;
      }
      if (ms < limits.minMs || ms > limits.maxMs) {
        context.addIssue({
          code: 'custom',
          message: `expected a duration from ${formatDuration(limits.minMs)} to ${formatDuration(limits.maxMs)}`,
        });
        return z.NEVER;
      }
      return ms;
    });
}

/** Memory in an input: text with a unit (`"128MB"`), or a number of MiB. Output: MiB. */
export function memoryMb(limits: { minMb: number; maxMb: number }) {
  const expected = `expected a size from ${limits.minMb}MB to ${limits.maxMb}MB, such as "128MB" or "1GB"`;
  return z.union([z.string(), z.number()], { error: expected }).transform((value, context) => {
    const mb = typeof value === 'number' ? value : sizeMb(value);
    if (mb === undefined || !Number.isInteger(mb) || mb < limits.minMb || mb > limits.maxMb) {
      context.addIssue({ code: 'custom', message: expected });
      return z.NEVER;
    }
    return mb;
  });
}

function sizeMb(text: string): number | undefined {
  const bytes = /[a-z]\s*$/i.test(text) ? parseSizeBytes(text) : undefined;
  return bytes === undefined ? undefined : bytes / 1024 ** 2;
}
