import type { ApiContext } from '../context.ts';
import { age } from '../output/age.ts';
import { printList } from '../output/print.ts';
import { liveVersion } from '../live-version.ts';

/** Lists the functions of the project, or of all projects the token sees. */
export async function ls(context: ApiContext, args: { all?: boolean }): Promise<void> {
  const project = context.settings.project;
  const { items } = await context.api.listFunctions(args.all ? {} : { project });
  await printList(context, {
    items,
    name: (view) => (args.all ? `${view.project}.${view.name}` : view.name),
    empty: args.all
      ? 'There are no functions.'
      : `There are no functions in project ${project}. Start one with \`plat init\`.`,
    columns: [
      { title: 'PROJECT', value: (view) => view.project, isWide: !args.all },
      { title: 'NAME', value: (view) => view.name },
      { title: 'STATUS', value: (view) => view.status },
      { title: 'RUNTIME', value: (view) => view.live?.runtime ?? null },
      { title: 'LIVE', value: (view) => liveVersion(view) },
      { title: 'MEMORY', value: (view) => (view.live ? `${view.live.memoryMb} MB` : null), isWide: true },
      { title: 'HOST', value: (view) => view.hostUrl, isWide: true },
      { title: 'UPDATED', value: (view) => age(view.updatedAt, context.now()) },
      { title: 'URL', value: (view) => view.url },
    ],
  });
}
