import type { FunctionConfig } from '@plat/platform-kit/function-config.ts';
import { configFacts } from '../../../components/config-facts.ts';

export type ConfigChange = { label: string; before: string | null; after: string | null };

/** What differs between two configurations; null stands for a variable that is not there. */
export function diffConfigs(before: FunctionConfig, after: FunctionConfig): ConfigChange[] {
  const old = new Map<string, string>(rows(before));
  const now = new Map<string, string>(rows(after));
  return [...new Set([...old.keys(), ...now.keys()])]
    .map((label) => ({ label, before: old.get(label) ?? null, after: now.get(label) ?? null }))
    .filter((change) => change.before !== change.after);
}

function rows(config: FunctionConfig): [string, string][] {
  return [
    ...configFacts(config),
    ...Object.entries(config.env)
      .toSorted(([a], [b]) => a.localeCompare(b))
      .map(([name, value]): [string, string] => [`env ${name}`, value]),
  ];
}
