import { writePhase, type EnginePhase } from '@plat/platform-kit/engine-phase.ts';
import type { Logger } from '@plat/platform-kit/logging.ts';

/** How a move to Docker gets on. */
export type EngineMove = { to: 'docker'; left: string[]; problems: string[] };

const SAID: Record<EnginePhase, string> = {
  process: 'functions run as processes of this host, which isolates less than containers',
  moving: 'Docker answers: functions move from processes of this host to containers',
  docker: 'functions run in containers; none is left as a process of this host',
};

/**
 * The one owner of the phase. INVARIANT: it is in the file before anybody in this process sees it; builder and
 * function-proxy follow the file.
 */
export class EngineState {
  readonly #folder: string;
  readonly #logger: Logger;
  #phase: EnginePhase;
  #changed = new AbortController();
  /** Undefined unless the phase is `moving`. */
  move: EngineMove | undefined;

  constructor(folder: string, phase: EnginePhase, logger: Logger) {
    this.#folder = folder;
    this.#phase = phase;
    this.#logger = logger;
  }

  get phase(): EnginePhase {
    return this.#phase;
  }

  /** Aborts when the phase that holds now is over. */
  get changed(): AbortSignal {
    return this.#changed.signal;
  }

  advance(to: EnginePhase, why: string): void {
    if (to === this.#phase) return;
    writePhase(this.#folder, to);
    const from = this.#phase;
    this.#phase = to;
    this.move = undefined;
    // Said at the level that `npm start` shows: it changes how functions are kept apart.
    this.#logger.warn({ from, phase: to, why }, SAID[to]);
    const before = this.#changed;
    this.#changed = new AbortController();
    before.abort();
  }
}
