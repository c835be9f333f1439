import { backoffMs } from '@plat/platform-kit/waiting.ts';

const LIMITS = { baseMs: 500, maxMs: 60_000 };

type Failures = { count: number; nextAtMs: number; reason: string; instances: Set<string> };

/** Keeps a version whose instances do not come up from being started in a tight loop. */
export class StartBackoff {
  readonly #failures = new Map<string, Failures>();

  /** `instanceId`: the instance that failed, counted once however often it is seen; none when it could not even be made. */
  failed(key: string, nowMs: number, { instanceId, reason }: { instanceId?: string; reason: string }): void {
    const failures = this.#failures.get(key) ?? { count: 0, nextAtMs: 0, reason, instances: new Set() };
    if (instanceId !== undefined) {
      if (failures.instances.has(instanceId)) return;
      failures.instances.add(instanceId);
    }
    failures.count++;
    failures.reason = reason;
    failures.nextAtMs = nowMs + backoffMs(failures.count, LIMITS);
    this.#failures.set(key, failures);
  }

  succeeded(key: string): void {
    this.#failures.delete(key);
  }

  /** How long until the next start is allowed; 0 when it is now. */
  waitMs(key: string, nowMs: number): number {
    return Math.max(0, (this.#failures.get(key)?.nextAtMs ?? 0) - nowMs);
  }

  /** Why the last start failed. */
  lastReason(key: string): string | undefined {
    return this.#failures.get(key)?.reason;
  }

  forget(prefix: string): void {
    for (const key of this.#failures.keys()) if (key.startsWith(prefix)) this.#failures.delete(key);
  }
}
