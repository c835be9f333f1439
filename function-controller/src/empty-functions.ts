/**
 * Functions that have nothing on the engine, by its last list and its events since: a wake need not ask about them, nor a
 * resync of a thousand that sleep.
 *
 * INVARIANTS
 * 1. A function is empty only by a list that was begun after its last event, its last start, and the opening of the stream
 *    of events; and only until the next of these.
 * 2. While events are not followed nothing is empty.
 */
export class EmptyFunctions {
  readonly #changedAt = new Map<string, number>();
  readonly #empty = new Set<string>();
  /** Counts what happens: one thing after the other has the higher number. */
  #now = 0;
  #followsSince: number | undefined;

  has(functionId: string): boolean {
    return this.#empty.has(functionId);
  }

  /** Something happens to it, or is about to. */
  changed(functionId: string): void {
    this.#empty.delete(functionId);
    this.#changedAt.set(functionId, ++this.#now);
  }

  followed(): void {
    this.#empty.clear();
    this.#followsSince = ++this.#now;
  }

  lost(): void {
    this.#empty.clear();
    this.#followsSince = undefined;
  }

  /** A list is about to be asked for: what `listed` wants to know of it. */
  look(): number {
    return ++this.#now;
  }

  /** Of `asked`, the list that was begun with `look` showed only those in `found`. */
  listed(look: number, asked: Iterable<string>, found: ReadonlySet<string>): void {
    for (const id of asked) {
      const since = Math.max(this.#followsSince ?? Infinity, this.#changedAt.get(id) ?? 0);
      if (found.has(id)) this.#empty.delete(id);
      else if (look > since) this.#empty.add(id);
    }
  }

  forget(functionId: string): void {
    this.#empty.delete(functionId);
    this.#changedAt.delete(functionId);
  }
}
