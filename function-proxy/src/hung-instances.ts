import type { ControllerClient } from '@plat/platform-kit/clients/controller-client.ts';
import type { Logger } from '@plat/platform-kit/logging.ts';
import { backoffMs, deadline, pause } from '@plat/platform-kit/waiting.ts';
import { askInstance } from './ask-instance.ts';
import type { Instance } from './instance.ts';
import type { InstanceIndex } from './instance-index.ts';
import { isHealthy, type Contract } from './judge-probe.ts';

const HEALTH_TIMEOUT_MS = 2000;
const REPORT_TRIES = 5;

export type HungInstancesDeps = {
  index: InstanceIndex;
  controller: Pick<ControllerClient, 'replaceInstance'>;
  logger: Logger;
  signal: AbortSignal;
};

/**
 * After a call timed out: is the instance itself still there? One that does not answer its health check leaves the index
 * for good and the controller puts another in its place. One check per instance at a time.
 */
export class HungInstances {
  readonly #deps: HungInstancesDeps;
  readonly #checking = new Set<string>();

  constructor(deps: HungInstancesDeps) {
    this.#deps = deps;
  }

  /** Never rejects. */
  async check(instance: Instance, contract: Contract): Promise<void> {
    const { index, logger, signal } = this.#deps;
    const { id } = instance;
    if (this.#checking.has(id) || index.get(id) !== instance) return;
    this.#checking.add(id);
    try {
      const answer = await askInstance(instance, '/_plat/health', deadline(HEALTH_TIMEOUT_MS, signal));
      if (signal.aborted || isHealthy(contract, answer) || index.get(id) !== instance) return;
      index.takeOut(id);
      logger.warn({ instance: id, key: instance.key }, 'an instance hangs and is replaced');
      await this.#replace(id);
    } finally {
      this.#checking.delete(id);
    }
  }

  async #replace(id: string): Promise<void> {
    const { controller, logger, signal } = this.#deps;
    const reason = 'a call timed out and the instance did not answer its health check';
    for (let tries = 1; tries <= REPORT_TRIES && !signal.aborted; tries++) {
      try {
        return await controller.replaceInstance(id, { reason });
      } catch (error) {
        if (tries === REPORT_TRIES) logger.error({ err: error, instance: id }, 'a hung instance stays');
        await pause(backoffMs(tries), signal);
      }
    }
  }
}
