import type { Look } from './look.ts';

/** After so long everything that is kept once is there; what comes on top of it is growth. */
const SETTLED_PART = 0.25;

/**
 * How much more of a thing there may be at the end than at the beginning without being called growth. `kept`: it is kept
 * for a time that is longer than the soak, or grows with what people did, and is shown only.
 */
type Allowance = number | { part: number } | 'kept';

const ALLOWED: Record<string, Allowance> = {
  'resident MiB': { part: 0.1 },
  'heap MiB': { part: 0.05 },
  timers: { part: 0.3 },
  listeners: { part: 0.1 },
  sockets: 8,
  promises: { part: 0.1 },
  descriptors: 4,
  // Of the last 20 instances of each function that printed something.
  files: 20,
  'data MiB': 'kept',
  'rows of audit': 'kept',
  'rows of changes': 'kept',
  'rows of metrics': 'kept',
  'rows of idempotency': 'kept',
  'rows of executions': { part: 0.25 },
};

export type Verdict = {
  measure: string;
  /** The least of the first and of the last third of what was seen after settling. */
  began: number;
  ended: number;
  verdict: 'held' | 'grew' | 'kept';
};

/** The least of each third counts: what comes and goes is not growth. */
export function judgeGrowth(looks: readonly Look[]): Verdict[] {
  const settled = looks.slice(Math.floor(looks.length * SETTLED_PART));
  const third = Math.max(1, Math.floor(settled.length / 3));
  return Object.keys(looks.at(-1)?.measures ?? {}).map((measure) => {
    const least = (part: readonly Look[]) => Math.min(...part.map(({ measures }) => measures[measure] ?? 0));
    const began = least(settled.slice(0, third));
    const ended = least(settled.slice(-third));
    return { measure, began, ended, verdict: judge(ALLOWED[measure] ?? 0, { began, ended }) };
  });
}

function judge(allowed: Allowance, { began, ended }: { began: number; ended: number }): Verdict['verdict'] {
  if (allowed === 'kept') return 'kept';
  const limit = typeof allowed === 'number' ? allowed : allowed.part * began;
  return ended - began > limit ? 'grew' : 'held';
}
