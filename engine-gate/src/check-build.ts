import { LABELS } from '@plat/platform-kit/docker/labels.ts';
import type { GateRequest, RuleContext } from './rules.ts';

/** The parameters of `POST /build` that a build of a function has. Not among them: `remote`, `networkmode`, `extrahosts`. */
const PARAMETERS = new Set([
  'version',
  't',
  'labels',
  'rm',
  'forcerm',
  'ulimits',
  'dockerfile',
  'nocache',
  'pull',
  'q',
  'target',
  'buildargs',
  'buildid',
  'memory',
  'memswap',
]);

export function checkBuild({ query }: GateRequest, { namespace }: RuleContext): string | undefined {
  const other = [...query.keys()].find((name) => !PARAMETERS.has(name));
  if (other !== undefined) return `the parameter "${other}" may not be set`;
  const labels = readLabels(query.get('labels'));
  if (labels?.[LABELS.namespace] !== namespace)
    return `the labels are not of the installation "${namespace}"`;
  return undefined;
}

function readLabels(text: string | null): Record<string, unknown> | undefined {
  try {
    return JSON.parse(text ?? '') as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
