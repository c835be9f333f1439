import type { ProxyClient } from '@plat/platform-kit/clients/proxy-client.ts';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import type { Logger } from '@plat/platform-kit/logging.ts';
import { backoffMs, deadline, pause } from '@plat/platform-kit/waiting.ts';
import type { HostInstance, InstanceHost } from './instance-host.ts';
import type { KeptLogs } from './kept-logs.ts';

const READING_LOGS_MS = 10_000;
const LOG_LINES = 10_000;
const RETRY = { baseMs: 250, maxMs: 10_000 };

export type RetirementsOptions = {
  host: InstanceHost;
  proxy: Pick<ProxyClient, 'drain'>;
  keptLogs: KeptLogs;
  logger: Logger;
  drainTimeoutMs: number;
  /** The same for calls, which the proxy ends after their function's own timeout; counts when it is longer. */
  drainLimitMs: number;
  stopGraceMs: number;
  /** The change feed's position the proxy has to know before it gives an instance up. */
  feedSeq: () => number;
  /** Called when an instance is gone. */
  onDone: (functionId: string) => void;
};

type DrainTimes = { timeoutMs: number; callsTimeoutMs?: number };

/**
 * Takes instances out of service, each in the background, so that a slow drain never holds up its function.
 *
 * INVARIANTS
 * 1. The order is: leave the routing index, wait for calls in flight, keep the log, SIGTERM, SIGKILL, remove.
 * 2. One instance is retired once, however often it is asked for, and never comes back: a removal that fails is tried
 *    again until it succeeds (the proxy has given the instance up for good).
 * 3. When the proxy does not answer the instance still goes: the proxy finds out from the engine.
 */
export class Retirements {
  readonly #options: RetirementsOptions;
  readonly #underWay = new Map<string, Promise<void>>();
  readonly #stop = new AbortController();

  constructor(options: RetirementsOptions) {
    this.#options = options;
  }

  has(instanceId: string): boolean {
    return this.#underWay.has(instanceId);
  }

  begin(instance: HostInstance, how: { drain: boolean }): void {
    if (this.#underWay.has(instance.id) || this.#stop.signal.aborted) return;
    const work = this.#retire(instance, how).finally(() => {
      this.#underWay.delete(instance.id);
      this.#options.onDone(instance.labels.functionId);
    });
    this.#underWay.set(instance.id, work);
  }

  /** Waits a little for what is under way; what is left is found and retired again after the next start. */
  async close(waitMs = 5000): Promise<void> {
    const waited = new AbortController();
    await Promise.race([Promise.allSettled(this.#underWay.values()), pause(waitMs, waited.signal)]);
    waited.abort();
    this.#stop.abort();
  }

  async #retire(instance: HostInstance, { drain }: { drain: boolean }): Promise<void> {
    const { logger, drainTimeoutMs, drainLimitMs, stopGraceMs } = this.#options;
    const { signal } = this.#stop;
    await this.#drain(
      instance,
      drain ? { timeoutMs: drainTimeoutMs, callsTimeoutMs: drainLimitMs } : { timeoutMs: 0 },
    );
    if (signal.aborted) return;
    await this.#keepLog(instance);
    for (let failures = 1; !signal.aborted; failures++) {
      try {
        await this.#options.host.remove(instance.id, { graceMs: drain ? stopGraceMs : 0 });
        const { project, function: name, version } = instance.labels;
        logger.info({ instance: instance.id, project, function: name, version }, 'instance removed');
        return;
      } catch (error) {
        const retryInMs = Math.round(backoffMs(failures, RETRY));
        logger.warn({ instance: instance.id, err: error, retryInMs }, 'instance was not removed');
        await pause(retryInMs, signal);
      }
    }
  }

  async #drain(instance: HostInstance, times: DrainTimes): Promise<void> {
    const { proxy, logger, feedSeq } = this.#options;
    await proxy
      .drain(instance.id, { seq: feedSeq(), ...times }, this.#stop.signal)
      .catch((error: unknown) => {
        if (error instanceof PlatformError && error.code === 'not_found') return;
        logger.warn({ instance: instance.id, err: error }, 'proxy did not drain the instance');
      });
  }

  async #keepLog(instance: HostInstance): Promise<void> {
    const { host, keptLogs, logger } = this.#options;
    const { functionId, instance: name } = instance.labels;
    const lines = host.logs(instance.id, { tail: LOG_LINES }, deadline(READING_LOGS_MS, this.#stop.signal));
    await keptLogs.keep(functionId, name, lines).catch((error: unknown) => {
      if (error instanceof PlatformError && error.code === 'not_found') return;
      logger.warn({ instance: instance.id, err: error }, 'log of the instance was not kept');
    });
  }
}
