import { PlatformError } from './errors.ts';

/**
 * The life of a version. `pending`: accepted, waits for its build; `building`; `starting`: built, the controller starts
 * an instance to see it ready; `ready`, `failed`, `cancelled` are terminal. A builder that restarts puts its unfinished
 * builds back to `pending`.
 */
export const VERSION_TRANSITIONS = {
  pending: ['building', 'failed', 'cancelled'],
  building: ['pending', 'starting', 'failed', 'cancelled'],
  starting: ['ready', 'failed', 'cancelled'],
  ready: [],
  failed: [],
  cancelled: [],
} as const satisfies Record<string, readonly string[]>;

export type VersionState = keyof typeof VERSION_TRANSITIONS;

export const VERSION_STATES = Object.keys(VERSION_TRANSITIONS) as VersionState[];

export function isTerminal(state: VersionState): boolean {
  return VERSION_TRANSITIONS[state].length === 0;
}

/** Returns `to` when the table allows the move, throws `conflict` when not. */
export function advance(from: VersionState, to: VersionState): VersionState {
  if ((VERSION_TRANSITIONS[from] as readonly VersionState[]).includes(to)) return to;
  throw new PlatformError('conflict', `A version that is ${from} cannot become ${to}.`, {
    details: { from, to },
  });
}
