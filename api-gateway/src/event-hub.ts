import type { EventKind, ExecutionsEvent } from '@plat/platform-kit/api/events-api.ts';
import { newId } from '@plat/platform-kit/ids.ts';

/** Whom an event is about; calls of several functions come in one event and are told apart by its reader. */
export type HubEvent = { kind: EventKind; project: string | null; function: string | null; data: object };

export type Numbered = HubEvent & { position: number };

/** All that is kept together, an event weighing 1 and each of its calls 1 more: some ten megabytes at most. */
const WEIGHT_LIMIT = 10_000;

/**
 * The last events, for any number of readers at their own pace. Readers hold no more than a position: one that is slower
 * than the events come loses the oldest and is told so.
 *
 * INVARIANTS: positions are given out without gaps; an id means the same event for as long as this process lives, and
 * ids of other processes, or from before `breakOff`, are known for what they are.
 */
export class EventHub {
  #epoch = newId();
  #first = 1;
  readonly #events: Numbered[] = [];
  #weight = 0;
  #news = new AbortController();

  publish(event: HubEvent): void {
    const numbered = { ...event, position: this.#first + this.#events.length };
    this.#events.push(numbered);
    this.#weight += weigh(numbered);
    while (this.#weight > WEIGHT_LIMIT && this.#events.length > 1) {
      this.#weight -= weigh(this.#events.shift()!);
      this.#first++;
    }
    const news = this.#news;
    this.#news = new AbortController();
    news.abort();
  }

  /** Events were missed: no reader can go on from an id it has. */
  breakOff(): void {
    this.#epoch = newId();
  }

  get last(): number {
    return this.#first + this.#events.length - 1;
  }

  idOf(position: number): string {
    return `${this.#epoch}-${position}`;
  }

  /** Where to go on behind an event; undefined when what came since is not known any more. */
  positionOf(id: string): number | undefined {
    const [, epoch, position] = /^([0-9a-z]+)-(\d{1,15})$/.exec(id) ?? [];
    const at = Number(position);
    return epoch === this.#epoch && at >= this.#first - 1 && at <= this.last ? at : undefined;
  }

  /** The events behind `position`, and how many before them are gone. */
  after(position: number): { events: readonly Numbered[]; missed: number } {
    const missed = Math.max(0, this.#first - 1 - position);
    return { events: this.#events.slice(Math.max(0, position + 1 - this.#first)), missed };
  }

  /** Aborts with the next event. */
  get news(): AbortSignal {
    return this.#news.signal;
  }
}

function weigh({ kind, data }: HubEvent): number {
  return kind === 'executions' ? 1 + (data as ExecutionsEvent).items.length : 1;
}
