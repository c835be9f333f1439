import type { Change } from '@plat/platform-kit/domain.ts';

/**
 * Tells who waits for news of a function that there is some; the change feed calls `apply` and `reset`. A listener hears
 * only that something may have changed, and looks for itself.
 */
export class VersionWatch {
  readonly #listeners = new Map<string, Set<() => void>>();

  /** Returns what ends the subscription. */
  subscribe(functionId: string, listener: () => void): () => void {
    const listeners = this.#listeners.get(functionId) ?? new Set();
    this.#listeners.set(functionId, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.#listeners.get(functionId) === listeners) {
        this.#listeners.delete(functionId);
      }
    };
  }

  apply(change: Change): void {
    if (change.kind === 'function') this.#tell(change.key);
  }

  reset(): void {
    for (const functionId of this.#listeners.keys()) this.#tell(functionId);
  }

  #tell(functionId: string): void {
    for (const listener of [...(this.#listeners.get(functionId) ?? [])]) listener();
  }
}
