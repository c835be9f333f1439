import { z } from 'zod';

const DURATION_MS: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `"500ms"`, `"30s"`, `"5m"`, `"2h"`, `"7d"` → milliseconds; undefined when it is not a duration. */
export function parseDurationMs(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)$/.exec(text.trim());
  return match ? Math.round(Number(match[1]) * DURATION_MS[match[2]!]!) : undefined;
}

const SIZE_BYTES: Record<string, number> = { b: 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 };

/** `"512"`, `"64k"`, `"128MB"`, `"128Mi"`, `"1GiB"` → bytes (powers of 1024, as Docker reads them); undefined otherwise. */
export function parseSizeBytes(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*(?:(b)|([kmg])(?:i?b?)?)?$/i.exec(text.trim());
  if (!match) return undefined;
  return Math.round(Number(match[1]) * SIZE_BYTES[(match[3] ?? 'b').toLowerCase()]!);
}

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

/** `1500` → `"1.5s"`, `300000` → `"5m"`. */
export function formatDuration(ms: number): string {
  for (const [unit, size] of [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['m', 60_000],
  ] as const) {
    if (ms >= size && ms % size === 0) return `${ms / size}${unit}`;
  }
  return ms >= 1000 ? `${Math.round(ms / 10) / 100}s` : `${Math.round(ms * 10) / 10}ms`;
}

/** `1536` → `"1.5 KiB"`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const units = ['KiB', 'MiB', 'GiB', 'TiB'];
  let value = bytes / 1024;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${value >= 100 ? Math.round(value) : Math.round(value * 10) / 10} ${units[unit]}`;
}
