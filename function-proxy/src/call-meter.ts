import { Outcome, type Execution } from '@plat/platform-kit/domain.ts';
import { isDraftName } from '@plat/platform-kit/draft-name.ts';
import { WakeRung } from '@plat/platform-kit/execution.ts';
import { Durations } from '@plat/platform-kit/telemetry/durations.ts';

const OUTCOMES = Outcome.options;
const RUNGS = WakeRung.options;
const STATUSES = ['none', '1xx', '2xx', '3xx', '4xx', '5xx'] as const;

type Name = { project: string; function: string };

/** What was counted of one function. */
class FunctionCalls {
  readonly name: Name;
  /** By outcome, then by class of status. */
  readonly calls = new Float64Array(OUTCOMES.length * STATUSES.length);
  readonly rungs = new Float64Array(RUNGS.length);
  readonly durations = new Durations();

  constructor(name: Name) {
    this.name = name;
  }
}

type Counted = Pick<
  Execution,
  'functionId' | 'project' | 'function' | 'status' | 'outcome' | 'errorCode' | 'rung' | 'queueMs' | 'wakeMs' | 'durationMs'
> & { phases: Pick<Execution['phases'], 'queued'> }; // prettier-ignore

/**
 * Calls, counted as they end and read when somebody asks.
 *
 * INVARIANTS
 * 1. `note` allocates nothing for a function that it has seen.
 * 2. At most `functionsMax` functions are told apart, the first that were called; all others count as one, `other`. So do
 *    drafts, each of which is a function for one call. A function that is gone gives its place back.
 */
export class CallMeter {
  readonly #functionsMax: number;
  readonly #functions = new Map<string, FunctionCalls>();
  readonly #others = new FunctionCalls({ project: 'other', function: 'other' });
  readonly #errors = new Map<string, number>();
  readonly queued = new Durations();
  readonly woken = new Map(RUNGS.map((rung) => [rung, new Durations()]));

  constructor(functionsMax: number) {
    this.#functionsMax = functionsMax;
  }

  note(call: Counted): void {
    const of = this.#functions.get(call.functionId) ?? this.#begin(call);
    const status = Math.min(Math.floor(call.status / 100), STATUSES.length - 1);
    of.calls[OUTCOMES.indexOf(call.outcome) * STATUSES.length + status]!++;
    of.rungs[RUNGS.indexOf(call.rung)]!++;
    of.durations.noteMs(call.durationMs);
    if (call.errorCode) this.#errors.set(call.errorCode, (this.#errors.get(call.errorCode) ?? 0) + 1);
    if (call.phases.queued === null) return;
    this.queued.noteMs(call.queueMs);
    if (call.rung !== 'hot') this.woken.get(call.rung)!.noteMs(call.wakeMs);
  }

  /** Lets go of functions that are gone: `isKnown` by id. */
  prune(isKnown: (functionId: string) => boolean): void {
    for (const id of this.#functions.keys()) if (!isKnown(id)) this.#functions.delete(id);
  }

  *calls(): Generator<[Name & { outcome: string; status: string }, number]> {
    for (const { name, calls } of this.#all())
      for (const [i, count] of calls.entries())
        if (count > 0)
          yield [
            {
              ...name,
              outcome: OUTCOMES[Math.floor(i / STATUSES.length)]!,
              status: STATUSES[i % STATUSES.length]!,
            },
            count,
          ];
  }

  *coldCalls(): Generator<[Name & { rung: string }, number]> {
    for (const { name, rungs } of this.#all())
      for (const [i, rung] of RUNGS.entries())
        if (rung !== 'hot' && rungs[i]! > 0) yield [{ ...name, rung }, rungs[i]!];
  }

  *durations(): Generator<[Name, Durations]> {
    for (const { name, durations } of this.#all()) yield [name, durations];
  }

  *errors(): Generator<[{ code: string }, number]> {
    for (const [code, count] of this.#errors) yield [{ code }, count];
  }

  *#all(): Generator<FunctionCalls> {
    yield* this.#functions.values();
    yield this.#others;
  }

  #begin({ functionId, project, function: name }: Counted): FunctionCalls {
    if (isDraftName(name) || this.#functions.size >= this.#functionsMax) return this.#others;
    const begun = new FunctionCalls({ project, function: name });
    this.#functions.set(functionId, begun);
    return begun;
  }
}
