import { PlatformError } from '@plat/platform-kit/errors.ts';
import type { FunctionUse } from '@plat/platform-kit/metrics.ts';
import { formatDuration } from '@plat/platform-kit/quantities.ts';
import type { ApiContext } from '../context.ts';
import { age } from '../output/age.ts';
import { printList, type Column } from '../output/print.ts';
import { sparkline } from '../output/sparkline.ts';
import { liveVersion } from '../live-version.ts';
import { mustExist } from '../must-exist.ts';

type Key = { project: string; name: string };

/** Lists the functions of the project, or of all projects the token sees; `-o wide` with their calls of a day. */
export async function ls(context: ApiContext, args: { all?: boolean }): Promise<void> {
  const project = context.settings.project;
  const filter = args.all ? {} : { project };
  const [{ items }, use] = await Promise.all([
    context.api.listFunctions(filter),
    context.format === 'wide' ? readUse(context, filter) : undefined,
  ]);
  if (items.length === 0 && !args.all) await mustExist(context, { project });
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
      ...(use ? useColumns(use, context.now()) : []),
      { title: 'HOST', value: (view) => view.hostUrl, isWide: true },
      { title: 'UPDATED', value: (view) => age(view.updatedAt, context.now()) },
      { title: 'URL', value: (view) => view.url },
    ],
  });
}

function useColumns(use: Map<string, FunctionUse>, now: number): Column<Key>[] {
  const of = ({ project, name }: Key) => use.get(`${project}/${name}`);
  const column = (title: string, value: (one: FunctionUse) => string | number | null): Column<Key> => ({
    title,
    isWide: true,
    value: (key) => {
      const one = of(key);
      return one ? value(one) : null;
    },
  });
  return [
    column('CALLS', ({ calls }) => calls),
    column('FAILED', ({ failed }) => failed),
    column('P95', ({ p95Ms }) => (p95Ms === null ? null : formatDuration(p95Ms))),
    column('CALLED', ({ lastAt }) => age(lastAt, now)),
    column('LAST DAY', ({ trend }) => (trend ? sparkline(trend.calls) : null)),
  ];
}

/** By `project/name`; undefined for a token that may list functions and not what became of their calls. */
async function readUse(
  context: ApiContext,
  filter: { project?: string },
): Promise<Map<string, FunctionUse> | undefined> {
  try {
    const { items } = await context.api.listFunctionUse({ ...filter, range: '24h', trend: 24, quiet: true });
    return new Map(items.map((one) => [`${one.project}/${one.function}`, one]));
  } catch (error) {
    if (error instanceof PlatformError && error.code === 'forbidden') return undefined;
    throw error;
  }
}
