import type { AliasRecord, AliasWeight } from '@plat/platform-kit/domain.ts';

/** `12`, or `12:90,13:10` when traffic is split; the form `plat alias set` takes. */
export function formatWeights(weights: readonly AliasWeight[]): string {
  const only = weights.length === 1 ? weights[0] : undefined;
  return only ? String(only.version) : weights.map(({ version, weight }) => `${version}:${weight}`).join(',');
}

/** Where alias `live` points; null before the first deploy is ready. */
export function liveVersion(view: { aliases: readonly AliasRecord[] }): string | null {
  const live = view.aliases.find((alias) => alias.name === 'live');
  return live && live.weights.length ? formatWeights(live.weights) : null;
}
