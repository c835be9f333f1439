import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { aliasesContract } from './aliases.contract.ts';
import { buildsContract } from './builds.contract.ts';
import { changesContract } from './changes.contract.ts';
import { domainsContract } from './domains.contract.ts';
import { executionsContract } from './executions.contract.ts';
import { guardsContract } from './guards.contract.ts';
import { idempotencyContract } from './idempotency.contract.ts';
import { metricsContract } from './metrics.contract.ts';
import { liveMovesContract } from './live-moves.contract.ts';
import { projectsContract } from './projects.contract.ts';
import { rolloutsContract } from './rollouts.contract.ts';
import { HELLO, makeReady, sampleExecution, sampleVersion } from './sample-records.ts';
import type { Store } from './store.ts';
import { versionsContract } from './versions.contract.ts';

export type StoreHarness = {
  store: Store;
  /** Opens the same data again, while the first store is still open as if its process had been killed. */
  openAgain: () => Promise<Store>;
  dispose: () => Promise<void>;
};

/** What every adapter of `Store` promises; `open` gives an empty one. */
export function storeContract(name: string, open: () => Promise<StoreHarness>): void {
  describe(`${name} keeps the contract of Store`, () => {
    let harness: StoreHarness;
    beforeEach(async () => {
      harness = await open();
    });
    afterEach(() => harness.dispose());
    /** The store of the test that runs. */
    const store = new Proxy({} as Store, { get: (_, method): unknown => Reflect.get(harness.store, method) });

    projectsContract(store);
    versionsContract(store);
    buildsContract(store);
    aliasesContract(store);
    liveMovesContract(store);
    rolloutsContract(store);
    guardsContract(store);
    idempotencyContract(store);
    changesContract(store);
    domainsContract(store);
    executionsContract(store);
    metricsContract(store);

    test('what has returned is there for who opens the data without the first one having closed it', async () => {
      const version = await makeReady(store, await store.createVersion(HELLO, sampleVersion()));
      await store.recordExecutions([sampleExecution({ id: 'a' })]);
      const page = await store.changesSince(0);
      const again = await harness.openAgain();
      try {
        expect(await again.getVersion(HELLO, 1)).toEqual(version);
        expect(await again.changesSince(0)).toEqual(page);
        expect(await again.changesSince(page.seq)).toMatchObject({ reset: false, changes: [] });
        expect(await again.getExecution('a')).toMatchObject({ id: 'a' });
      } finally {
        await again.close();
      }
    });
  });
}
