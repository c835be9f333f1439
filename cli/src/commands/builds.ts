import type { BuildsQuery } from '../api-client.ts';
import { note, type ApiContext } from '../context.ts';
import { mustExist } from '../must-exist.ts';
import { age } from '../output/age.ts';
import { printList } from '../output/print.ts';
import { took } from '../output/took.ts';
import { resolveFunction } from '../target.ts';

export type BuildsArgs = Pick<BuildsQuery, 'state' | 'since' | 'limit' | 'before'> & {
  name?: string;
  all?: boolean;
  search?: string;
};

/** Lists builds, newest first: of one function, of the project, or of all projects that the token sees. */
export async function buildsLs(context: ApiContext, args: BuildsArgs): Promise<void> {
  const { name, all, search, state, since, limit, before } = args;
  const isOne = !all && (name !== undefined || context.projectFile.name !== undefined);
  const key = isOne ? resolveFunction(context, name) : undefined;
  const page = await context.api.listBuilds({
    ...(all ? {} : { project: key?.project ?? context.settings.project }),
    function: key?.name,
    q: search,
    state, since, limit, before,
  });
  if (page.items.length === 0 && !all) await mustExist(context, key ?? { project: context.settings.project });
  await printList(context, {
    items: page.items,
    name: (build) => `${build.project}.${build.function}@${build.number}`,
    empty: 'There are no builds.',
    columns: [
      { title: 'PROJECT', value: (build) => build.project, isWide: !all },
      { title: 'FUNCTION', value: (build) => build.function },
      { title: 'VERSION', value: (build) => build.number },
      { title: 'STATE', value: (build) => build.state },
      { title: 'RUNTIME', value: (build) => build.config.runtime },
      { title: 'BUILT IN', value: (build) => (build.imageReused ? 'reused' : build.buildStartedAt && took(build.buildStartedAt, build.builtAt)) },
      { title: 'TOOK', value: (build) => took(build.createdAt, build.finishedAt), isWide: true },
      { title: 'BY', value: (build) => build.createdBy },
      { title: 'AGE', value: (build) => age(build.createdAt, context.now()) },
      { title: 'ERROR', value: (build) => build.error?.message ?? '' },
    ],
  });
  if (page.next) await note(context, `There are more: --before ${page.next}`);
} // prettier-ignore
