import type {
  InstanceUsage,
  WakeOutcome,
  WakeRequest,
} from '@plat/platform-kit/clients/controller-client.ts';
import type { VersionLoad } from '@plat/platform-kit/clients/proxy-client.ts';

/** A controller whose wakes do what the test says; by default they never end until the caller gives up. */
export class FakeController {
  readonly wakes: string[] = [];
  readonly requests: WakeRequest[] = [];
  readonly traceparents: string[] = [];
  readonly reports: VersionLoad[] = [];
  /** What instances have used, by id. */
  readonly usages = new Map<string, { cpuMs: number; memoryBytes: number }>();
  readonly replaced: { id: string; reason: string }[] = [];
  onWake: (key: string, signal: AbortSignal | undefined) => Promise<WakeOutcome> = (_key, signal) =>
    new Promise((_, reject) => signal?.addEventListener('abort', () => reject(new Error('aborted'))));

  wake(
    functionId: string,
    version: number,
    {
      signal,
      traceparent,
      ...request
    }: WakeRequest & { signal?: AbortSignal; traceparent?: string | undefined },
  ): Promise<WakeOutcome> {
    const key = `${functionId}/${version}`;
    this.wakes.push(key);
    this.requests.push(request);
    if (traceparent) this.traceparents.push(traceparent);
    return this.onWake(key, signal);
  }

  async reportLoad(loads: VersionLoad[]): Promise<void> {
    this.reports.push(...loads);
  }

  async instanceUsages(ids: readonly string[]): Promise<{ items: InstanceUsage[] }> {
    return { items: ids.flatMap((id) => { const usage = this.usages.get(id); return usage ? [{ id, ...usage }] : []; }) };
  } // prettier-ignore

  async replaceInstance(id: string, { reason }: { reason: string }): Promise<void> {
    this.replaced.push({ id, reason });
  }
}
