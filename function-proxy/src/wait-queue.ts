/** One request that waits. `phase`: for an instance to wake, or for a free slot on one that is awake. */
export type Waiter<T> = {
  resolve: (value: T) => void;
  reject: (error: Error) => void;
  phase: 'wake' | 'slot';
  timer: NodeJS.Timeout | undefined;
  leave: () => void;
};

/**
 * Requests in the order of their arrival. A waiter is settled exactly once: served, rejected, or gone because its
 * caller left; whichever comes first takes it out of the queue, its timer and its listener with it.
 */
export class WaitQueue<T> {
  readonly #waiters = new Set<Waiter<T>>();

  get size(): number {
    return this.#waiters.size;
  }

  [Symbol.iterator](): IterableIterator<Waiter<T>> {
    return this.#waiters.values();
  }

  /** Waits for its turn; rejects with `signal.reason` as soon as the signal aborts. */
  wait(phase: Waiter<T>['phase'], signal: AbortSignal, onJoin: (waiter: Waiter<T>) => void): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const settle = () => {
        this.#waiters.delete(waiter);
        clearTimeout(waiter.timer);
        signal.removeEventListener('abort', waiter.leave);
      };
      const waiter: Waiter<T> = {
        phase,
        timer: undefined,
        resolve: (value) => {
          settle();
          resolve(value);
        },
        reject: (error) => {
          settle();
          reject(error);
        },
        leave: () => waiter.reject(signal.reason as Error),
      };
      if (signal.aborted) return waiter.leave();
      this.#waiters.add(waiter);
      signal.addEventListener('abort', waiter.leave, { once: true });
      onJoin(waiter);
    });
  }

  first(): Waiter<T> | undefined {
    return this.#waiters.values().next().value;
  }

  rejectAll(error: Error): void {
    for (const waiter of [...this.#waiters]) waiter.reject(error);
  }
}
