import { backoffMs } from '@plat/platform-kit/waiting.ts';

const LIMITS = { baseMs: 500, maxMs: 60_000 };

/** Keeps a version whose instances do not come up from being started in a tight loop. */
export class StartBackoff {
  readonly #failures = new Map<string, { count: number; nextAtMs: number; instanceId: string | undefined }>();

  /** `instanceId`: the instance that failed, counted once however often it is seen; none when it could not even be made. */
  failed(key: string, nowMs: number, instanceId?: string): void {
    const before = this.#failures.get(key);
    if (before && instanceId !== undefined && before.instanceId === instanceId) return;
    const count = (before?.count ?? 0) + 1;
    this.#failures.set(key, { count, nextAtMs: nowMs + backoffMs(count, LIMITS), instanceId });
  }

  succeeded(key: string): void {
    this.#failures.delete(key);
  }

  /** How long until the next start is allowed; 0 when it is now. */
  waitMs(key: string, nowMs: number): number {
    return Math.max(0, (this.#failures.get(key)?.nextAtMs ?? 0) - nowMs);
  }

  forget(prefix: string): void {
    for (const key of this.#failures.keys()) if (key.startsWith(prefix)) this.#failures.delete(key);
  }
}
