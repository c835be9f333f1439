import type { CallPhases } from '@plat/platform-kit/execution.ts';

const STEPS = [
  ['received', 'received'],
  ['authorised', 'authorised'],
  ['queued', 'queued'],
  ['woken', 'woken'],
  ['connected', 'connected'],
  ['firstByte', 'first byte'],
  ['lastByte', 'last byte'],
] as const;

/**
 * The phases of a call, a line each: when it was over, how long it took since the one before, and a bar at its place in the
 * whole. Phases that it did not have are left out.
 */
export function timeline(phases: CallPhases, { width }: { width: number }): string[] {
  const had = STEPS.flatMap(([key, label]) => {
    const at = phases[key];
    return at === null ? [] : [{ label, at }];
  });
  const whole = Math.max(...had.map(({ at }) => at), Number.MIN_VALUE);
  return had.map(({ label, at }, i) => {
    const from = i === 0 ? 0 : had[i - 1]!.at;
    const start = Math.round((from / whole) * width);
    const length = Math.max(i === 0 ? 0 : 1, Math.round((at / whole) * width) - start);
    const bar = `${' '.repeat(Math.min(start, width - 1))}${'█'.repeat(length)}`;
    const took = i === 0 ? '' : `+${ms(at - from)}`;
    return `${label.padEnd(10)} ${ms(at).padStart(10)} ${took.padStart(11)}  ${bar}`.trimEnd();
  });
}

function ms(value: number): string {
  return `${value.toFixed(value < 10 ? 2 : 1)} ms`;
}
