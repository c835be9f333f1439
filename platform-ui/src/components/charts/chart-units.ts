import { formatBytes } from '@plat/platform-kit/quantities.ts';
import { formatCompact, formatMs } from '../../format/numbers.ts';

/** How the values of a chart are written, and where its axis has lines. */
export type ChartUnit = {
  value: (value: number) => string;
  tick: (value: number) => string;
  /** Steps that the lines of the axis may have, as multiples of powers of `base`. */
  steps: readonly number[];
  base: number;
  /** Lines are no closer than this. */
  least: number;
};

const DECIMAL = { steps: [1, 2, 5], base: 10 } as const;

export const UNITS = {
  count: { ...DECIMAL, least: 1, value: formatCompact, tick: formatCompact },
  ms: { ...DECIMAL, least: 0.01, value: formatMs, tick: tickMs },
  percent: { ...DECIMAL, least: 0.1, value: (share) => `${round(share)} %`, tick: (share) => `${round(share)} %` },
  bytes: { steps: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512], base: 1024, least: 1024, value: formatBytes, tick: formatBytes },
} satisfies Record<string, ChartUnit>; // prettier-ignore

const LINES = 4;

/** Where the axis of values up to `most` has its lines: from 0 to the first that is not below `most`. */
export function axisLines(most: number, unit: ChartUnit): number[] {
  const ceiling = Math.max(most, unit.least);
  const power = unit.base ** Math.floor(Math.log(ceiling / LINES) / Math.log(unit.base));
  const sizes = [power, power * unit.base].flatMap((size) => unit.steps.map((step) => step * size));
  const step = Math.max(unit.least, sizes.find((size) => size * LINES >= ceiling * (1 - 1e-9)) ?? ceiling);
  const count = Math.max(1, Math.ceil(ceiling / step - 1e-9));
  return Array.from({ length: count + 1 }, (_, i) => round(i * step, 9));
}

function tickMs(ms: number): string {
  if (ms === 0) return '0';
  return ms < 1000 ? `${round(ms)} ms` : ms < 60_000 ? `${round(ms / 1000)} s` : `${round(ms / 60_000)} min`;
}

function round(value: number, digits = 2): number {
  return Number(value.toFixed(digits));
}
