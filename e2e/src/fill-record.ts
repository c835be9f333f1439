import path from 'node:path';
import { newId } from '@plat/platform-kit/ids.ts';
import { openDatabase } from '@plat/metadata-service/store/open-database.ts';
import { createKyselyStore } from '@plat/metadata-service/store/kysely-store.ts';
import { digest, sampleExecution, sampleVersion } from '@plat/metadata-service/store/sample-records.ts';

const CHUNK = 500;
const BATCH = 1000;

/**
 * Puts functions and calls into the record of a platform that is stopped: each function has one version that is live
 * and asleep, `f0000`, `f0001` …; the calls are spread over them and the last hour.
 */
export async function fillRecord(
  dataFolder: string,
  { functions, executions }: { functions: number; executions: number },
): Promise<void> {
  const { db, transactions } = await openDatabase(`sqlite:${path.join(dataFolder, 'plat.db')}`);
  const store = createKyselyStore(db, { transactions });
  try {
    const now = Date.now();
    const at = (agoMs: number) => new Date(now - agoMs).toISOString();
    const made = Array.from({ length: functions }, (_, i) => ({
      id: newId(now - functions + i),
      name: `f${String(i).padStart(4, '0')}`,
      at: at((functions - i) * 1000),
    }));
    const config = JSON.stringify(sampleVersion().config);
    for (let i = 0; i < made.length; i += CHUNK) {
      const chunk = made.slice(i, i + CHUNK);
      await transactions.within(async (trx) => {
        await trx
          .insertInto('functions')
          .values(chunk.map(({ id, name, at: made }) => ({ id, project: 'default', name, host_label: `default-${name}`, state: 'active' as const, latest: 1, promoted_number: 1, created_at: made, updated_at: made })))
          .execute();
        await trx
          .insertInto('versions')
          .values(chunk.map(({ id, at: made }) => ({ function_id: id, number: 1, state: 'ready' as const, config, source_digest: digest('a'), source_bytes: 500, image_id: digest('b'), image_reused: 0 as const, image_ref: null, promote: 1 as const, error: null, created_by: 'Ada', created_at: made, build_started_at: made, built_at: made, finished_at: made })))
          .execute();
        await trx
          .insertInto('aliases')
          .values(chunk.map(({ id, at: made }) => ({ function_id: id, name: 'live', updated_at: made, sticky: null })))
          .execute();
        await trx
          .insertInto('alias_weights')
          .values(chunk.map(({ id }) => ({ function_id: id, alias: 'live', version: 1, weight: 100, position: 0 })))
          .execute();
      });
    }
    for (let i = 0; i < executions; i += BATCH) {
      const batch = Array.from({ length: Math.min(BATCH, executions - i) }, (_, offset) => {
        const number = i + offset;
        const { id, name } = made[number % made.length]!;
        const startedAt = at(((executions - number) * 3_600_000) / executions);
        return sampleExecution({ functionId: id, function: name, path: `/orders/${number}`, startedAt });
      });
      await store.recordExecutions(batch);
    }
  } finally {
    await store.close();
  }
} // prettier-ignore
