import type { Logger } from '@plat/platform-kit/logging.ts';
import { pause } from '@plat/platform-kit/waiting.ts';
import type { Activity } from './activity.ts';
import type { HostBudget } from './budget/host-budget.ts';
import type { EmptyFunctions } from './empty-functions.ts';
import type { InstanceHost } from './instance-host.ts';
import type { KeptLogs } from './kept-logs.ts';
import type { KnownFunctions } from './known-functions.ts';

export type ResyncOptions = {
  host: Pick<InstanceHost, 'list'>;
  functions: Pick<KnownFunctions, 'all'>;
  activity: Activity;
  empty: EmptyFunctions;
  budget: Pick<HostBudget, 'observe'>;
  keptLogs: Pick<KeptLogs, 'functionIds'>;
  /** This function has to be looked at. */
  look: (functionId: string) => void;
  /** Everything was listed. */
  onListed: () => Promise<void>;
  resyncMs: number;
  logger: Logger;
};

/** Compares everything with one list of the engine: every function that the record or the engine knows is looked at. */
export class Resync {
  readonly #options: ResyncOptions;

  constructor(options: ResyncOptions) {
    this.#options = options;
  }

  /** Rejects as the engine does. */
  async run(): Promise<void> {
    const { host, functions, activity, empty, budget, keptLogs, look, onListed } = this.#options;
    const beganAtMs = Date.now();
    const began = empty.look();
    const instances = await host.list();
    const known = functions.all;
    empty.listed(began, known.keys(), new Set(instances.map(({ labels }) => labels.functionId)));
    for (const { labels } of instances) {
      const { functionId, version } = labels;
      // Found running by a process that has not seen it used: give it one idle period.
      if (known.has(functionId) && !activity.of(functionId, version))
        activity.touch(functionId, version, Date.now());
      look(functionId);
    }
    budget.observe(instances, { beganAtMs });
    for (const functionId of known.keys()) look(functionId);
    // Deleted while this process was away: nothing but their logs is left to notice.
    for (const functionId of await keptLogs.functionIds()) look(functionId);
    await onListed();
  }

  inBackground(): void {
    this.run().catch((error: unknown) => this.#options.logger.warn({ err: error }, 'resync failed'));
  }

  /** Again and again until `signal`. Never rejects. */
  async loop(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await pause(this.#options.resyncMs, signal);
      if (signal.aborted) return;
      await this.run().catch((error: unknown) => this.#options.logger.debug({ err: error }, 'resync failed'));
    }
  }
}
