/** What a test runs: what alias `live` names, a version, or the code as it is in the editor. */
export type RunTarget = 'live' | 'draft' | number;

/** As an address has it; what is none is `live`. */
export function readTarget(text: string): RunTarget {
  if (text === 'draft') return 'draft';
  return /^[1-9]\d{0,8}$/.test(text) ? Number(text) : 'live';
}
