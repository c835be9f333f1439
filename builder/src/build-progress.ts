import { stripVTControlCharacters } from 'node:util';
import { formatDuration } from '@plat/platform-kit/units.ts';
import type { BuildStatus, Vertex } from './buildkit-trace.ts';

/** How many of a step's last lines are remembered, to explain a failure by; npm's usage text alone has about 90. */
const TAIL_LINES = 200;
const TAIL_LINE_LIMIT = 1000;
const NAME_LIMIT = 100;

/** A build step that failed, and the last lines it printed. */
export type FailedStep = { name: string; error: string; tail: string[] };

type StepState = {
  name: string;
  /** The short form: `[deps 3/4]`. */
  label: string;
  phase: string;
  isQuiet: boolean;
  isRunning: boolean;
  said: 'nothing' | 'started' | 'over';
  rest: string;
  tail: string[];
  error: string;
  decoder: TextDecoder;
};

/** Turns BuildKit's stream of states into lines of text, each step named once, and remembers what failed. */
export class BuildProgress {
  readonly #onLine: (phase: string, text: string) => void;
  readonly #steps = new Map<string, StepState>();

  constructor(onLine: (phase: string, text: string) => void) {
    this.#onLine = onLine;
  }

  add(status: BuildStatus): void {
    for (const vertex of status.vertexes) this.#addVertex(vertex);
    for (const { vertex, bytes } of status.logs) this.#addOutput(vertex, bytes);
    for (const warning of status.warnings) this.#onLine('build', `warning: ${warning}`);
  }

  /** The step that made the build fail; steps that were only broken off because of it do not count. */
  failedStep(): FailedStep | undefined {
    const failed = [...this.#steps.values()].filter((step) => step.error !== '');
    const step = failed.find(({ error }) => !/\bcancell?ed\b/i.test(error)) ?? failed[0];
    if (!step) return undefined;
    const tail = step.rest === '' ? step.tail : [...step.tail, step.rest];
    return { name: step.name, error: step.error, tail: tail.slice(-TAIL_LINES) };
  }

  /** The names of the steps that are at work now. */
  runningSteps(): string[] {
    return [...this.#steps.values()]
      .filter((step) => step.isRunning && !step.isQuiet)
      .map(({ name }) => name);
  }

  #addVertex(vertex: Vertex): void {
    const step = this.#stepOf(vertex.digest, vertex.name);
    if (vertex.error !== '') step.error = vertex.error;
    step.isRunning = vertex.startedMs !== null && vertex.completedMs === null;
    if (step.isQuiet || step.said === 'over') return;
    if (vertex.completedMs !== null && vertex.cached) {
      step.said = 'over';
      this.#onLine(step.phase, `CACHED ${step.name}`);
      return;
    }
    if (vertex.startedMs !== null && step.said === 'nothing') {
      step.said = 'started';
      this.#onLine(step.phase, step.name);
    }
    if (vertex.completedMs !== null && vertex.startedMs !== null && vertex.error !== '') {
      step.said = 'over';
      this.#flush(step);
      this.#onLine(step.phase, `FAILED ${step.label}: ${exitOf(vertex.error)}`);
    } else if (vertex.completedMs !== null && vertex.startedMs !== null && !isInstant(vertex, step)) {
      step.said = 'over';
      this.#flush(step);
      this.#onLine(
        step.phase,
        `DONE ${step.label} in ${formatDuration(vertex.completedMs - vertex.startedMs)}`,
      );
    }
  }

  #addOutput(digest: string, bytes: Uint8Array): void {
    const step = this.#stepOf(digest, 'step');
    const lines = (step.rest + step.decoder.decode(bytes, { stream: true })).split('\n');
    step.rest = lines.pop() ?? '';
    for (const line of lines) this.#say(step, line);
  }

  #flush(step: StepState): void {
    if (step.rest !== '') this.#say(step, step.rest);
    step.rest = '';
  }

  #say(step: StepState, line: string): void {
    // What a terminal would show: a progress bar overwrites its line by carriage returns.
    const text = stripVTControlCharacters(line.replace(/\r+$/, '').split('\r').pop() ?? '');
    step.tail.push(text.slice(0, TAIL_LINE_LIMIT));
    if (step.tail.length > TAIL_LINES) step.tail.shift();
    this.#onLine(step.phase, text);
  }

  #stepOf(digest: string, name: string): StepState {
    let step = this.#steps.get(digest);
    if (!step) {
      step = {
        name: shortName(name),
        label: /^\[[^\]]+\]/.exec(name)?.[0] ?? shortName(name),
        phase: phaseOf(name),
        isQuiet: name.startsWith('[internal]') || name.startsWith('copy /context'),
        isRunning: false,
        said: 'nothing',
        rest: '',
        tail: [],
        error: '',
        decoder: new TextDecoder(),
      };
      this.#steps.set(digest, step);
    }
    return step;
  }
}

/** BuildKit reports a step it only looked up as done in no time, and says `cached` right after. */
function isInstant(vertex: Vertex, step: StepState): boolean {
  return step.tail.length === 0 && vertex.completedMs! - vertex.startedMs! < 5;
}

/** `[deps 3/4] RUN npm ci` → `deps`; a stage without a name is `build`. */
export function phaseOf(name: string): string {
  const stage = /^\[([\w.-]+) +\d+\/\d+\]/.exec(name)?.[1];
  if (stage) return /^stage-\d+$/.test(stage) ? 'image' : stage;
  if (name.startsWith('exporting')) return 'export';
  if (name.startsWith('[internal]') || name.startsWith('copy /context')) return 'context';
  return 'build';
}

/** A step's name on one line, without its mounts and the far end of its script. */
function shortName(name: string): string {
  const flat = name.replace(/ --mount=\S+/g, '').replace(/\s+/g, ' ');
  return flat.length > NAME_LIMIT ? `${flat.slice(0, NAME_LIMIT - 1)}…` : flat;
}

/** BuildKit repeats the whole script in its error; the exit code is what is new in it. */
function exitOf(error: string): string {
  return /exit code: \d+/.exec(error)?.[0] ?? error;
}
