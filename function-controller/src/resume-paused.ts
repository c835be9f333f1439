import type { FunctionRecord } from '@plat/platform-kit/domain.ts';
import type { Logger } from '@plat/platform-kit/logging.ts';
import type { HostBudget } from './budget/host-budget.ts';
import type { InstanceHost } from './instance-host.ts';
import type { InstanceLocks } from './instance-locks.ts';

/**
 * The short way up from a pause, beside the plan, which comes to the same: nothing is listed, and nobody waits for a run
 * of the function that is under way. Only what the engine says is an instance of this very version is touched, and only
 * where there is CPU for it. Resolves with those that go on.
 */
export async function resumePaused(
  deps: {
    host: Pick<InstanceHost, 'resume'>;
    locks: InstanceLocks;
    budget: Pick<HostBudget, 'takeNow'>;
    logger: Logger;
  },
  record: Pick<FunctionRecord, 'id' | 'project' | 'name'>,
  { version, ids }: { version: number; ids: readonly string[] },
): Promise<string[]> {
  const only = { functionId: record.id, version };
  const resumed = await Promise.all(
    ids.map(async (id, nth) => {
      const { project, name } = record;
      const grant = deps.budget.takeNow({ id, ...only, project, function: name, isFirst: nth === 0 });
      if (!grant) return [];
      try {
        await deps.locks.run(id, () => deps.host.resume(id, only));
        return [id];
      } catch (error) {
        deps.logger.debug({ instance: id, err: error }, 'instance could not be resumed');
        return [];
      } finally {
        grant.done();
      }
    }),
  );
  return resumed.flat();
}
