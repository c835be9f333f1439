import type { AliasWeight } from '@plat/platform-kit/domain.ts';

/**
 * Weights in whole per cent that always sum to 100. Each takes the weights as they are and returns them changed; the
 * others give or take in proportion to what they have.
 */
export function setWeight(weights: readonly AliasWeight[], version: number, weight: number): AliasWeight[] {
  const others = weights.filter((other) => other.version !== version);
  if (others.length === 0) return weights.map((only) => ({ ...only, weight: 100 }));
  const shared = new Map(share(others, 100 - weight).map((other) => [other.version, other.weight]));
  return weights.map((one) => ({ ...one, weight: shared.get(one.version) ?? weight }));
}

/** A new version begins without calls. */
export function addVersion(weights: readonly AliasWeight[], version: number): AliasWeight[] {
  return [...weights, { version, weight: 0 }];
}

export function removeVersion(weights: readonly AliasWeight[], version: number): AliasWeight[] {
  return share(
    weights.filter((other) => other.version !== version),
    100,
  );
}

/** Splits `total` in proportion; what rounding leaves goes to the largest remainders. */
function share(weights: readonly AliasWeight[], total: number): AliasWeight[] {
  const sum = weights.reduce((all, { weight }) => all + weight, 0);
  const exact = weights.map(({ weight }) => (sum === 0 ? total / weights.length : (weight * total) / sum));
  const whole = exact.map(Math.floor);
  let left = total - whole.reduce((all, part) => all + part, 0);
  const byRemainder = exact
    .map((part, index) => ({ index, rest: part - Math.floor(part) }))
    .toSorted((a, b) => b.rest - a.rest);
  for (const { index } of byRemainder) {
    if (left-- <= 0) break;
    whole[index]!++;
  }
  return weights.map(({ version }, index) => ({ version, weight: whole[index]! }));
}
