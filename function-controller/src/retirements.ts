import type { ProxyClient } from '@plat/platform-kit/clients/proxy-client.ts';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import type { Logger } from '@plat/platform-kit/logging.ts';
import { deadline, pause } from '@plat/platform-kit/waiting.ts';
import type { HostInstance, InstanceHost } from './instance-host.ts';
import type { KeptLogs } from './kept-logs.ts';

const READING_LOGS_MS = 10_000;

export type RetirementsOptions = {
  host: InstanceHost;
  proxy: Pick<ProxyClient, 'drain'>;
  keptLogs: KeptLogs;
  logger: Logger;
  drainTimeoutMs: number;
  stopGraceMs: number;
  /** The change feed's position the proxy has to know before it gives an instance up. */
  feedSeq: () => number;
  /** Called when an instance is gone, or could not be removed. */
  onDone: (functionId: string) => void;
};

/**
 * Takes instances out of service, each in the background, so that a slow drain never holds up its function.
 *
 * INVARIANTS
 * 1. The order is: leave the routing index, wait for calls in flight, keep the log, SIGTERM, SIGKILL, remove.
 * 2. One instance is retired once, however often it is asked for.
 * 3. When the proxy does not answer the instance still goes: the proxy finds out from the engine.
 */
export class Retirements {
  readonly #options: RetirementsOptions;
  readonly #underWay = new Map<string, Promise<void>>();

  constructor(options: RetirementsOptions) {
    this.#options = options;
  }

  has(instanceId: string): boolean {
    return this.#underWay.has(instanceId);
  }

  begin(instance: HostInstance, how: { drain: boolean }): void {
    if (this.#underWay.has(instance.id)) return;
    const { logger, onDone } = this.#options;
    const { functionId } = instance.labels;
    const work = this.#retire(instance, how)
      .catch((error: unknown) =>
        logger.warn({ instance: instance.id, err: error }, 'instance was not removed; trying again'),
      )
      .then(() => {
        this.#underWay.delete(instance.id);
        onDone(functionId);
      });
    this.#underWay.set(instance.id, work);
  }

  /** Waits a little for what is under way; what is left is found and retired again after the next start. */
  async close(waitMs = 5000): Promise<void> {
    const waited = new AbortController();
    await Promise.race([Promise.allSettled(this.#underWay.values()), pause(waitMs, waited.signal)]);
    waited.abort();
  }

  async #retire(instance: HostInstance, { drain }: { drain: boolean }): Promise<void> {
    const { host, proxy, keptLogs, logger, drainTimeoutMs, stopGraceMs, feedSeq } = this.#options;
    await proxy
      .drain(instance.id, { seq: feedSeq(), timeoutMs: drain ? drainTimeoutMs : 0 })
      .catch((error: unknown) => {
        if (!(error instanceof PlatformError) || error.code !== 'not_found') {
          logger.warn({ instance: instance.id, err: error }, 'proxy did not drain the instance');
        }
      });
    await keptLogs
      .keep(
        instance.labels.functionId,
        instance.labels.instance,
        host.logs(instance.id, { tail: 10_000 }, deadline(READING_LOGS_MS)),
      )
      .catch((error: unknown) =>
        logger.warn({ instance: instance.id, err: error }, 'log of the instance was not kept'),
      );
    await host.remove(instance.id, { graceMs: drain ? stopGraceMs : 0 });
    logger.info(
      {
        instance: instance.id,
        project: instance.labels.project,
        function: instance.labels.function,
        version: instance.labels.version,
      },
      'instance removed',
    );
  }
}
