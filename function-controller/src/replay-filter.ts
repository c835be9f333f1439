import type { LogLine } from '@plat/platform-kit/domain.ts';

/**
 * Lets every line of one instance through once, although its log is read anew from `since` now and then. Times have
 * milliseconds and many lines fall into one: those of the last one are told apart by what they say.
 */
export class ReplayFilter {
  #since: string;
  #atSince = new Map<string, number>();
  #replayed: Map<string, number> | undefined;

  /** What was printed before `since` is taken for read. */
  constructor(since: string) {
    this.#since = since;
  }

  /** Where reading has to begin so that nothing is missed. */
  get since(): string {
    return this.#since;
  }

  /** The log is read from `since` again. */
  restart(): void {
    this.#replayed = new Map(this.#atSince);
  }

  isNew(line: LogLine): boolean {
    if (line.at < this.#since) {
      // Of two streams the one may be written a little later than it was stamped: late is not old, once past the replay.
      return this.#replayed === undefined;
    }
    const name = `${line.stream} ${line.text}`;
    if (line.at === this.#since) {
      const left = this.#replayed?.get(name) ?? 0;
      if (left > 0) {
        this.#replayed?.set(name, left - 1);
        return false;
      }
    } else {
      this.#since = line.at;
      this.#atSince = new Map();
      this.#replayed = undefined;
    }
    this.#atSince.set(name, (this.#atSince.get(name) ?? 0) + 1);
    return true;
  }
}
