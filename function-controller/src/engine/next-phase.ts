import type { EnginePhase } from '@plat/platform-kit/engine-phase.ts';

/** An engine that answers twice in a row is there to stay. */
const ANSWERS_TO_MOVE = 2;
/** Longer than an engine takes to be started anew; shorter than a call waits for an instance (COLD_START_TIMEOUT_SECONDS). */
export const SILENCE_MS = 15_000;

/** The phase to start with. `stored`: of the run before. Pure. */
export function firstPhase(facts: {
  wanted: 'auto' | 'docker' | 'process';
  stored: EnginePhase | undefined;
  /** Whether anything was ever deployed to this data folder. */
  hasSources: boolean;
  hasProcesses: boolean;
  isDockerAnswering: boolean;
}): EnginePhase {
  const { wanted, stored, hasSources, hasProcesses, isDockerAnswering } = facts;
  if (wanted === 'process') return 'process';
  if (!hasSources && !hasProcesses) return wanted === 'docker' || isDockerAnswering ? 'docker' : 'process';
  // A data folder of before there was a choice was Docker's; an engine that is only late must not lose its functions.
  if ((stored ?? 'docker') === 'docker' && !hasProcesses) return 'docker';
  return isDockerAnswering ? 'moving' : 'process';
}

export type EngineFacts = {
  /** How often in a row the engine has answered; 0 after a silence. */
  answers: number;
  /** For how long it has not. */
  silentMs: number;
  /** How many versions and processes have not moved yet; undefined while that is not known. */
  left: number | undefined;
};

/** The phase after this one; the same when nothing is to change. Pure. */
export function nextPhase(phase: EnginePhase, { answers, silentMs, left }: EngineFacts): EnginePhase {
  switch (phase) {
    case 'process':
      return answers >= ANSWERS_TO_MOVE ? 'moving' : 'process';
    case 'moving':
      if (silentMs >= SILENCE_MS) return 'process';
      return left === 0 && answers > 0 ? 'docker' : 'moving';
    case 'docker':
      return 'docker';
  }
}
