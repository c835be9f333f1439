import type { ProxyClient } from '@plat/platform-kit/clients/proxy-client.ts';
import type { Activity } from './activity.ts';
import type { Usefulness } from './budget/usefulness.ts';
import type { LoadHistory } from './load-history.ts';

export type LoadReaderDeps = {
  proxy: Pick<ProxyClient, 'load'>;
  activity: Activity;
  load: LoadHistory;
  usefulness: Usefulness;
};

/** Asks the proxy what is in use, for all who want to know it. */
export class LoadReader {
  readonly #deps: LoadReaderDeps;
  #reading: Promise<boolean> | undefined;
  #isKnown = false;

  constructor(deps: LoadReaderDeps) {
    this.#deps = deps;
  }

  /** False until the proxy has answered once. */
  get isKnown(): boolean {
    return this.#isKnown;
  }

  /** False when the proxy does not answer. Those who ask at the same time share one answer. */
  read(): Promise<boolean> {
    return (this.#reading ??= this.#read().finally(() => (this.#reading = undefined)));
  }

  async #read(): Promise<boolean> {
    const { proxy, activity, load, usefulness } = this.#deps;
    const report = await proxy.load().catch(() => undefined);
    if (!report) return false;
    const nowMs = Date.now();
    activity.report(report.items, nowMs);
    load.report(report.items, nowMs, { whole: true });
    usefulness.report(report.items, nowMs);
    return (this.#isKnown = true);
  }
}
