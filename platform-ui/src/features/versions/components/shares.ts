import type { AliasWeight } from '@plat/platform-kit/domain.ts';

/** How calls are split, in words: `version 3`, or `version 3: 90 %, version 4: 10 %`. */
export function shareWords(weights: readonly AliasWeight[]): string {
  const used = weights.filter(({ weight }) => weight > 0);
  if (used.length === 1) return `version ${used[0]!.version}`;
  return used.map(({ version, weight }) => `version ${version}: ${weight} %`).join(', ');
}

/** The version with most of the calls, of equals the newest; null without any. */
export function mostOf(weights: readonly AliasWeight[]): number | null {
  const [most] = weights.toSorted((a, b) => b.weight - a.weight || b.version - a.version);
  return most?.version ?? null;
}
