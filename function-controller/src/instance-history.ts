/**
 * What this process saw of instances earlier, where the present alone does not say enough. Lost with the process, which
 * only starts its clocks anew. Entries go with their instance (`keepOnly`).
 */
export class InstanceHistory {
  readonly #functions = new Map<string, Map<string, Seen>>();

  /** Drops everything about instances of `functionId` that are not in `instanceIds`. */
  keepOnly(functionId: string, instanceIds: readonly string[]): void {
    const seen = this.#functions.get(functionId);
    if (!seen) return;
    const present = new Set(instanceIds);
    for (const id of seen.keys()) if (!present.has(id)) seen.delete(id);
    if (seen.size === 0) this.#functions.delete(functionId);
  }

  /** Somebody found that the instance hangs; `reason` is for a person. */
  condemn(functionId: string, instanceId: string, reason: string): void {
    this.#of(functionId, instanceId).condemned = reason;
  }

  condemned(functionId: string, instanceId: string): string | undefined {
    return this.#functions.get(functionId)?.get(instanceId)?.condemned;
  }

  sawReady(functionId: string, instanceId: string): void {
    const seen = this.#of(functionId, instanceId);
    seen.wasReady = true;
    seen.notReadySinceMs = undefined;
    seen.restartsAtCrash = undefined;
  }

  wasReady(functionId: string, instanceId: string): boolean {
    return this.#functions.get(functionId)?.get(instanceId)?.wasReady ?? false;
  }

  /** For how many ms the instance was seen running and not ready. */
  sawNotReady(functionId: string, instanceId: string, nowMs: number): number {
    const seen = this.#of(functionId, instanceId);
    seen.notReadySinceMs ??= nowMs;
    return nowMs - seen.notReadySinceMs;
  }

  /** For how many ms the instance was seen at rest, paused or stopped. */
  sawResting(functionId: string, instanceId: string, nowMs: number): number {
    const seen = this.#of(functionId, instanceId);
    seen.restsSinceMs ??= nowMs;
    return nowMs - seen.restsSinceMs;
  }

  sawUp(functionId: string, instanceId: string): void {
    this.#of(functionId, instanceId).restsSinceMs = undefined;
  }

  /** While the engine or the proxy is away nobody can get ready: that time does not count. */
  restartClocks(functionId: string): void {
    for (const seen of this.#functions.get(functionId)?.values() ?? []) seen.notReadySinceMs = undefined;
  }

  /**
   * True when the instance crashes without getting ready in between; false for the first crash of one that was ready,
   * which the engine is about to bring back.
   */
  sawCrash(functionId: string, instanceId: string, restarts: number): boolean {
    const seen = this.#of(functionId, instanceId);
    if (!seen.wasReady) return true;
    seen.restartsAtCrash ??= restarts;
    return restarts > seen.restartsAtCrash;
  }

  #of(functionId: string, instanceId: string): Seen {
    const ofFunction = this.#functions.get(functionId) ?? new Map<string, Seen>();
    this.#functions.set(functionId, ofFunction);
    const seen = ofFunction.get(instanceId) ?? { wasReady: false };
    ofFunction.set(instanceId, seen);
    return seen;
  }
}

type Seen = {
  wasReady: boolean;
  condemned?: string;
  notReadySinceMs?: number | undefined;
  restsSinceMs?: number | undefined;
  restartsAtCrash?: number;
};
