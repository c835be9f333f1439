import type { WakeOutcome } from '@plat/platform-kit/clients/controller-client.ts';

/** A controller whose wakes do what the test says; by default they never end until the caller gives up. */
export class FakeController {
  readonly wakes: string[] = [];
  readonly replaced: { id: string; reason: string }[] = [];
  onWake: (key: string, signal: AbortSignal | undefined) => Promise<WakeOutcome> = (_key, signal) =>
    new Promise((_, reject) => signal?.addEventListener('abort', () => reject(new Error('aborted'))));

  wake(
    functionId: string,
    version: number,
    options: { timeoutMs: number; signal?: AbortSignal },
  ): Promise<WakeOutcome> {
    const key = `${functionId}/${version}`;
    this.wakes.push(key);
    return this.onWake(key, options.signal);
  }

  async replaceInstance(id: string, { reason }: { reason: string }): Promise<void> {
    this.replaced.push({ id, reason });
  }
}
