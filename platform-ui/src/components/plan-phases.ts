import type { CallPhases } from '@plat/platform-kit/execution.ts';
import type { Part, Phase } from './phase-timeline.tsx';

const STEPS: readonly [key: keyof CallPhases, label: string, part: Part][] = [
  ['authorised', 'Token, rights and limits', 'platform'],
  ['queued', 'Finding an instance', 'platform'],
  ['woken', 'Waiting for an instance', 'wait'],
  ['connected', 'Connecting to it', 'platform'],
  ['firstByte', 'The function, to its first byte', 'function'],
  ['lastByte', 'Its answer, to the last byte', 'function'],
];

/** The parts of a call's time, one after the other; those it did not have are left out. */
export function planPhases(phases: CallPhases): Phase[] {
  let fromMs = phases.received;
  const had: Phase[] = [];
  for (const [key, label, part] of STEPS) {
    const toMs = phases[key];
    if (toMs === null) continue;
    had.push({ key, label, part, fromMs, toMs });
    fromMs = toMs;
  }
  return had;
}
