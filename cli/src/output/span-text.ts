import { formatDuration } from '@plat/platform-kit/quantities.ts';

/** How long a chart's span is, in whole steps. */
export function spanText({ from, to, stepMs }: { from: string; to: string; stepMs: number }): string {
  const steps = Math.floor((Date.parse(to) - Date.parse(from)) / stepMs);
  return formatDuration(steps * stepMs);
}
