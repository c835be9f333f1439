import type { FunctionUse } from '@plat/platform-kit/metrics.ts';
import { formatDuration } from '@plat/platform-kit/quantities.ts';
import { formatCount } from '../format/numbers.ts';
import { colourOf } from './charts/chart-data.ts';

const HEIGHT = 24;
const BAR = 3;
const GAP = 1;
/** What happened at all can be seen. */
const LEAST = 1.5;

/** Calls over time, those that failed at the bottom, as high as the busiest step. */
export function Sparkline({ trend }: { trend: NonNullable<FunctionUse['trend']> }) {
  const { calls, failed, stepMs } = trend;
  const most = Math.max(1, ...calls);
  const width = calls.length * (BAR + GAP) - GAP;
  const heightOf = (count: number) => (count === 0 ? 0 : Math.max(LEAST, (count / most) * HEIGHT));
  const bars = (counts: readonly number[]) =>
    counts.map((count, i) => (count === 0 ? '' : bar(i * (BAR + GAP), heightOf(count)))).join('');
  const busiest = `at most ${formatCount(most)} in ${formatDuration(stepMs)}`;
  const failures = failed.reduce((sum, count) => sum + count, 0);
  return (
    <svg
      role="img"
      aria-label={`${busiest}${failures === 0 ? '' : `, ${formatCount(failures)} failed`}`}
      width={width}
      height={HEIGHT}
      viewBox={`0 0 ${width} ${HEIGHT}`}
      style={{ display: 'block' }}
    >
      <path d={`M0 ${HEIGHT - 0.5}H${width}`} stroke="var(--mui-palette-divider)" strokeWidth={1} />
      <path d={bars(calls)} fill={colourOf('answered')} />
      <path d={bars(failed)} fill={colourOf('function')} />
    </svg>
  );
}

function bar(x: number, height: number): string {
  return `M${x} ${HEIGHT}V${(HEIGHT - height).toFixed(2)}h${BAR}V${HEIGHT}z`;
}
