/** What is done to one instance is done one after the other: a pause that is under way ends before the wake begins. */
export class InstanceLocks {
  readonly #last = new Map<string, Promise<unknown>>();

  async run<T>(instanceId: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(instanceId);
    const mine = (before ?? Promise.resolve()).then(work, work);
    this.#last.set(instanceId, mine);
    try {
      return await mine;
    } finally {
      if (this.#last.get(instanceId) === mine) this.#last.delete(instanceId);
    }
  }
}
