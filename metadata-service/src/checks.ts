import path from 'node:path';
import { checkDisk } from '@plat/platform-kit/check-disk.ts';
import type { CheckSpec } from '@plat/platform-kit/checks.ts';
import type { Store } from './store/store.ts';

const SLOW_MS = 1000;

/** What the metadata service knows to look at: that its database answers, and that it has room to grow. */
export function metadataChecks(deps: {
  store: Pick<Store, 'listProjects'>;
  databaseUrl: string;
}): CheckSpec[] {
  const { store, databaseUrl } = deps;
  const kind = databaseUrl.split(':')[0]!;
  const file = /^sqlite:(?!:)(.+)$/.exec(databaseUrl)?.[1];
  return [
    {
      id: 'database.answers',
      title: 'The database answers',
      run: async () => {
        const startedAt = performance.now();
        const projects = await store.listProjects();
        const ms = Math.round(performance.now() - startedAt);
        return {
          verdict: ms > SLOW_MS ? 'warn' : 'ok',
          evidence: `${kind} lists ${projects.length} project(s) in ${ms} ms.`,
          ...(ms > SLOW_MS ? { remedy: 'look at the load and the disk of the database' } : {}),
        };
      },
    },
    {
      id: 'database.disk',
      title: 'There is room for the database',
      run: async () =>
        file === undefined
          ? { verdict: 'skip', evidence: `A ${kind} database is not on a disk of this service.` }
          : checkDisk(path.dirname(path.resolve(file))),
    },
  ];
}
