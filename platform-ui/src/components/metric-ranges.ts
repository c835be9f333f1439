import type { Choice } from './choice-select.tsx';

/** How far back figures go. */
export const RANGES: readonly Choice[] = [
  { value: '15m', label: 'Last 15 minutes' },
  { value: '1h', label: 'Last hour' },
  { value: '6h', label: 'Last 6 hours' },
  { value: '24h', label: 'Last 24 hours' },
  { value: '7d', label: 'Last 7 days' },
  { value: '30d', label: 'Last 30 days' },
];
export const USUAL_RANGE = '1h';

/** Steps that leave enough points to see something, and few enough to be told apart. */
const STEPS: Record<string, readonly string[]> = {
  '15m': ['10s', '30s', '1m'],
  '1h': ['10s', '30s', '1m', '5m'],
  '6h': ['1m', '5m', '10m', '30m'],
  '24h': ['5m', '10m', '30m', '1h'],
  '7d': ['30m', '1h', '3h', '6h', '24h'],
  '30d': ['3h', '6h', '12h', '24h'],
};
const WORDS: Record<string, string> = { s: 'seconds', m: 'minutes', h: 'hours' };

/** What may be chosen for a range; the platform's own choice first. */
export function stepsOf(range: string): Choice[] {
  return [
    { value: '', label: 'Fitting steps' },
    ...(STEPS[range] ?? []).map((value) => ({ value, label: `Steps of ${spell(value)}` })),
  ];
}

function spell(step: string): string {
  const word = WORDS[step.slice(-1)]!;
  const count = step.slice(0, -1);
  return `${count} ${count === '1' ? word.slice(0, -1) : word}`;
}
