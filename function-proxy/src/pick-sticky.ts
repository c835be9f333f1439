import type { AliasWeight } from '@plat/platform-kit/domain.ts';

/**
 * The version that the caller with this key gets, always the same while the weights are: weighted rendezvous hashing
 * (Schindelhauer and Schomaker, 2005). Of all keys each version gets its share, and when a version's share grows, keys
 * only move to it. `salt` keeps functions apart, so that nobody is among the first everywhere. Undefined when no version
 * has weight.
 */
export function pickSticky(weights: readonly AliasWeight[], salt: string, key: string): number | undefined {
  const seed = hashText(hashText(0x811c9dc5, salt), key);
  let picked: number | undefined;
  let best = Infinity;
  for (const { version, weight } of weights) {
    if (weight <= 0) continue;
    const uniform = (mix(seed ^ Math.imul(version, 0x9e3779b1)) + 0.5) / 2 ** 32;
    const distance = -Math.log(uniform) / weight;
    if (distance >= best) continue;
    best = distance;
    picked = version;
  }
  return picked;
}

/** FNV-1a, 32 bits, of UTF-16 units. */
function hashText(seed: number, text: string): number {
  let hash = seed;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/** The last steps of MurmurHash3: neighbours end far apart. */
function mix(value: number): number {
  let hash = value;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
