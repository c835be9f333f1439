import type { FunctionUse } from '@plat/platform-kit/metrics.ts';
import { formatDuration } from '@plat/platform-kit/quantities.ts';
import { formatCount } from '../format/numbers.ts';
import { colourOf } from './charts/chart-data.ts';

const HEIGHT = 24;
const BAR = 3;
const GAP = 1;
/** What happened at all can be seen. */
const LEAST = 1.5;

/** Calls over time, those that failed on top, as high as the busiest step. */
export function Sparkline({ trend }: { trend: NonNullable<FunctionUse['trend']> }) {
  const { calls, failed, stepMs } = trend;
  const most = Math.max(1, ...calls);
  const width = calls.length * (BAR + GAP) - GAP;
  const heightOf = (count: number) => (count === 0 ? 0 : Math.max(LEAST, (count / most) * HEIGHT));
  const bars = (counts: readonly number[], tops: readonly number[]) =>
    counts.map((count, i) => (count === 0 ? '' : bar(i, heightOf(tops[i] ?? 0), heightOf(count)))).join('');
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
      <path d={bars(calls, calls)} fill={colourOf('answered')} />
      <path d={bars(failed, calls)} fill={colourOf('function')} />
    </svg>
  );
}

function bar(step: number, top: number, height: number): string {
  return `M${step * (BAR + GAP)} ${(HEIGHT - top).toFixed(2)}h${BAR}v${height.toFixed(2)}h${-BAR}z`;
}
