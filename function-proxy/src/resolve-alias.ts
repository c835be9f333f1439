import type { AliasWeight } from '@plat/platform-kit/domain.ts';

/** Step 1 of an invocation: the version an alias names, by weight. `random` is in [0, 1). Undefined when it names none. */
export function resolveAlias(weights: readonly AliasWeight[], random: number): number | undefined {
  const total = weights.reduce((sum, { weight }) => sum + weight, 0);
  let point = random * total;
  for (const { version, weight } of weights) {
    if (weight > 0 && point < weight) return version;
    point -= weight;
  }
  return undefined;
}
