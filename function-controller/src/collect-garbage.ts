import { PlatformError } from '@plat/platform-kit/errors.ts';
import { collect, type Garbage, type GarbageItem } from '@plat/platform-kit/garbage.ts';
import type { Logger } from '@plat/platform-kit/logging.ts';
import type { Controller } from './controller.ts';
import { listOwnThings, removeOwnThing, type EngineOfOurs } from './docker/own-things.ts';
import type { KeptLogs } from './kept-logs.ts';
import { planStrays } from './plan-strays.ts';

export type GarbageDeps = {
  controller: Pick<Controller, 'record' | 'unclaimed'>;
  /** Undefined while instances do not run on a Docker engine. */
  engine: () => EngineOfOurs | undefined;
  keptLogs: KeptLogs;
  logger: Logger;
};

/** What of ours is on the engine, and in the folder of kept logs, and belongs to no function of the record. */
export async function findGarbage(deps: GarbageDeps): Promise<Garbage[]> {
  // Listed first: what is made after this belongs to a function that the record, read after it, knows.
  const engine = deps.engine();
  const things = engine ? await listOwnThings(engine) : { containers: [], networks: [], volumes: [] };
  const logged = await deps.keptLogs.functionIds();
  const { record, unclaimed } = deps.controller;
  if (!record) {
    throw new PlatformError(
      'unavailable',
      'The function-controller has not read the record yet; try again.',
      {
        details: { retryAfterSeconds: 1 },
      },
    );
  }
  const wanted = new Map<string, { project: string }>([...unclaimed, ...record]);
  const logs = logged.filter((id) => !wanted.has(id));
  return [
    ...planStrays(things, wanted, Date.now()),
    ...(await Promise.all(
      logs.map(async (id): Promise<Garbage> => {
        const bytes = await deps.keptLogs.bytesOf(id);
        return { kind: 'kept-log', id, name: id, bytes, why: 'its function is deleted' };
      }),
    )),
  ];
}

export async function collectGarbage(
  deps: GarbageDeps,
  { dryRun }: { dryRun: boolean },
): Promise<GarbageItem[]> {
  const remove = async (item: Garbage): Promise<'removed' | 'in_use'> => {
    const engine = deps.engine();
    if (item.kind !== 'kept-log') return engine ? removeOwnThing(engine, item) : 'in_use';
    await deps.keptLogs.forget(item.id);
    return 'removed';
  };
  const plan = await findGarbage(deps);
  return collect('function-controller', plan, dryRun ? undefined : remove, (error, { kind, id }) =>
    deps.logger.warn({ err: error, kind, id }, 'garbage could not be removed'),
  );
}
