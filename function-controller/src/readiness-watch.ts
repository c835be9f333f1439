import type { ProxyClient } from '@plat/platform-kit/clients/proxy-client.ts';
import { pause } from '@plat/platform-kit/waiting.ts';

const WAIT_MS = 20_000;

/**
 * Waits, at the proxy, for instances to get ready or to fail, and says when one did. One wait an instance at a time;
 * what is waited for is asked again by every reconcile, so a lost wait costs a resync at most.
 */
export class ReadinessWatch {
  readonly #proxy: Pick<ProxyClient, 'readiness'>;
  readonly #onDecided: (functionId: string) => void;
  readonly #waits = new Map<string, Promise<void>>();
  readonly #stop = new AbortController();

  constructor(proxy: Pick<ProxyClient, 'readiness'>, onDecided: (functionId: string) => void) {
    this.#proxy = proxy;
    this.#onDecided = onDecided;
  }

  expect(instanceId: string, functionId: string): void {
    if (this.#waits.has(instanceId) || this.#stop.signal.aborted) return;
    const wait = this.#wait(instanceId)
      .catch(() => pause(1000, this.#stop.signal))
      .then(() => {
        this.#waits.delete(instanceId);
        if (!this.#stop.signal.aborted) this.#onDecided(functionId);
      });
    this.#waits.set(instanceId, wait);
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await Promise.allSettled(this.#waits.values());
  }

  async #wait(instanceId: string): Promise<void> {
    const { signal } = this.#stop;
    const readiness = await this.#proxy.readiness(instanceId, { waitMs: WAIT_MS, signal });
    // Unknown at the end of the wait: the proxy may be starting; do not ask it in a tight loop.
    if (readiness.state === 'unknown') await pause(1000, signal);
  }
}
