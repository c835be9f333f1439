import type { Idempotency } from '@plat/platform-kit/clients/metadata-client.ts';
import type { Kysely } from 'kysely';
import { deleteAlias, setAlias } from './aliases.ts';
import { expireAudit, listAudit } from './audit.ts';
import { changesSince, trimChanges } from './changes.ts';
import { addDomain, deleteDomain, listDomains } from './domains.ts';
import {
  executionInsert,
  expireExecutions,
  getExecution,
  projectsWithExecutions,
  recordExecutions,
  trimExecutions,
} from './executions.ts';
import { countExpired } from './count-expired.ts';
import { deleteFunction, getFunction, listFunctions, setFunctionState } from './functions.ts';
import { pageFunctions } from './page-functions.ts';
import { listBuilds } from './list-builds.ts';
import { listExecutions } from './list-executions.ts';
import { readFunctionUse } from './function-use.ts';
import { readMetrics } from './metric-queries.ts';
import { addRollUps, expireMetrics, rollUpInsert } from './metrics.ts';
import { expireIdempotency, once } from './idempotency.ts';
import { secretNotKept } from './idempotency-conflicts.ts';
import { previewRollback, promote, rollback } from './live-moves.ts';
import { createProject, deleteProject, listProjects } from './projects.ts';
import { createRollout } from './create-rollout.ts';
import { applyVerdict, steerRollout } from './rollout-moves.ts';
import { getRollout, listRollouts, runningRollouts } from './rollout-rows.ts';
import { stepFigures, withFigures } from './version-figures.ts';
import { replaceImage } from './replace-image.ts';
import type { Database } from './schema.ts';
import { rollUpSamples } from './roll-up.ts';
import type { Store } from './store.ts';
import { releaseImage } from './release-image.ts';
import { createToken, deleteToken, listTokens } from './tokens.ts';
import type { Transactions } from './transactions.ts';
import { transitionVersion } from './transition-version.ts';
import { createVersion, getVersion, listVersions, requireVersion } from './versions.ts';
import { createWrite, type Write } from './write.ts';

/** The store on any database that Kysely has a dialect for; `db` is at the present schema and is closed with it. */
export function createKyselyStore(
  db: Kysely<Database>,
  options: { transactions: Transactions; now?: () => Date },
): Store {
  const now = options.now ?? (() => new Date());
  const listeners = new Set<() => void>();
  const inserts = { executions: executionInsert(), rollUps: rollUpInsert() };

  const { within, change } = options.transactions;
  /** A transaction that changes what followers know; they are woken once it is committed. */
  const write = async <T>(work: (write: Write) => Promise<T>): Promise<T> => {
    const result = await change((trx) => work(createWrite(trx, now())));
    for (const listener of listeners) listener();
    return result;
  };

  // Batches add to the same rows of roll-ups; at once they would only make each other start anew.
  let last: Promise<unknown> = Promise.resolve();
  const oneByOne = <T>(work: () => Promise<T>): Promise<T> => {
    const done = last.then(work, work);
    last = done;
    return done;
  };

  return {
    changesSince: (since) => within((trx) => changesSince(trx, since)),
    onCommit: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },

    listProjects: () => within(listProjects),
    createProject: (name, by) =>
      write((w) =>
        once(w, by.idempotency, {
          make: () => createProject(w, name, by),
          note: (project) => project,
          repeat: async (project) => project,
        }),
      ),
    deleteProject: (name, by) => write((w) => deleteProject(w, name, by)),

    listFunctions: (filter) => within((trx) => listFunctions(trx, filter)),
    pageFunctions: (filter, page) => within((trx) => pageFunctions(trx, filter, page)),
    getFunction: (key) => within((trx) => getFunction(trx, key)),
    setFunctionState: (key, state, by) => write((w) => setFunctionState(w, key, state, by)),
    deleteFunction: (key, by) => write((w) => deleteFunction(w, key, by)),

    createVersion: (key, version) =>
      write((w) =>
        once(w, version.idempotency, {
          make: async () => {
            const made = await createVersion(w, key, version);
            const { rollout: plan, actor } = version;
            if (plan) await createRollout(w, key, { version: made.number, plan, actor });
            return made;
          },
          note: ({ functionId, number }) => ({ functionId, number }),
          repeat: ({ functionId, number }) => requireVersion(w.trx, functionId, number),
        }),
      ),
    listVersions: (key, page) => within((trx) => listVersions(trx, key, page)),
    listBuilds: (filter, page) => within((trx) => listBuilds(trx, filter, page)),
    getVersion: (key, number) => within((trx) => getVersion(trx, key, number)),
    transitionVersion: (functionId, number, transition) =>
      write((w) => transitionVersion(w, { functionId, number, transition })),
    replaceImage: (functionId, number, replacement) =>
      write((w) => replaceImage(w, { functionId, number, replacement })),

    setAlias: (key, alias, setting, by) => write((w) => setAlias(w, { key, alias, setting, by })),
    promote: (key, change) => write((w) => onceAnswered(w, change, () => promote(w, key, change))),
    previewRollback: (key, version) => within((trx) => previewRollback(trx, key, version)),
    rollback: (key, change) => write((w) => onceAnswered(w, change, () => rollback(w, key, change))),

    createRollout: (key, rollout) =>
      write(async (w) => withFigures(w.trx, await createRollout(w, key, rollout))),
    listRollouts: (key, page) =>
      within(async (trx) => {
        const { items, next } = await listRollouts(trx, key, page);
        const views = [];
        for (const rollout of items) views.push(await withFigures(trx, rollout));
        return { items: views, next };
      }),
    getRollout: (key) => within(async (trx) => withFigures(trx, await getRollout(trx, key))),
    steerRollout: (key, order) => write(async (w) => withFigures(w.trx, await steerRollout(w, key, order))),
    runningRollouts: () => within(runningRollouts),
    stepFigures: (rollout) => within((trx) => stepFigures(trx, rollout)),
    applyVerdict: (rollout, conclusion) => write((w) => applyVerdict(w, rollout, conclusion)),
    releaseImage: (functionId, number, body) =>
      write((w) => releaseImage(w, { functionId, number, ...body })),

    deleteAlias: (key, alias, by) => write((w) => deleteAlias(w, key, alias, by)),

    listDomains: (key) => within((trx) => listDomains(trx, key)),
    addDomain: (key, domain, by) => write((w) => addDomain(w, { key, domain, by })),
    deleteDomain: (key, domain, by) => write((w) => deleteDomain(w, key, domain, by)),

    listTokens: () => within(listTokens),
    expireIdempotency: (options) => within((trx) => expireIdempotency(trx, options)),

    createToken: (token) =>
      write((w) =>
        once(w, token.idempotency, {
          make: () => createToken(w, token),
          note: ({ id }) => ({ id }),
          repeat: ({ id }) => Promise.reject(secretNotKept(id)),
        }),
      ),
    deleteToken: (id, by) => write((w) => deleteToken(w, id, by)),

    recordExecutions: (executions) =>
      oneByOne(() => within((trx) => recordExecutions(trx, executions, inserts))),
    listExecutions: (filter, page) => listExecutions(within, filter, page),
    getExecution: (id, of) => within((trx) => getExecution(trx, id, of)),

    recordSamples: (samples) =>
      oneByOne(() => within((trx) => addRollUps(trx, rollUpSamples(samples), inserts.rollUps))),
    readMetrics: (scope, span) => within((trx) => readMetrics(trx, scope, span)),
    readFunctionUse: (scope, span, options) => within((trx) => readFunctionUse(trx, scope, span, options)),
    expireMetrics: (options) => within((trx) => expireMetrics(trx, options)),

    listAudit: (filter, page) => within((trx) => listAudit(trx, filter, page)),

    expireExecutions: (options) => within((trx) => expireExecutions(trx, options)),
    trimExecutions: (options) => within((trx) => trimExecutions(trx, options)),
    expireAudit: (options) => within((trx) => expireAudit(trx, options)),
    countExpired: (options) => within((trx) => countExpired(trx, options)),
    projectsWithExecutions: () => within(projectsWithExecutions),
    trimChanges: (options) => within((trx) => trimChanges(trx, options)),

    close: () => db.destroy(),
  };
}

/** A change whose answer a repeated request gets again. */
function onceAnswered<T>(
  write: Write,
  { idempotency }: { idempotency?: Idempotency },
  make: () => Promise<T>,
): Promise<T> {
  return once(write, idempotency, { make, note: (made) => made, repeat: async (noted) => noted });
}
