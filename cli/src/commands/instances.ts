import type { InstanceInfo } from '@plat/platform-kit/domain.ts';
import { formatBytes } from '@plat/platform-kit/quantities.ts';
import type { ApiContext } from '../context.ts';
import { age } from '../output/age.ts';
import { printList } from '../output/print.ts';
import { resolveFunction } from '../target.ts';

/** Lists the running copies of a function, or of all. */
export async function instances(
  context: ApiContext,
  args: { name?: string; stats?: boolean; all?: boolean },
): Promise<void> {
  const stats = args.stats ? { stats: true } : {};
  const key = args.all ? null : resolveFunction(context, args.name);
  const { items } = key
    ? await context.api.listInstances(key, stats)
    : await context.api.listAllInstances(stats);
  const isWide = !args.stats;
  await printList(context, {
    items,
    name: (instance) => instance.id,
    empty: `${key ? `${key.project}/${key.name} has` : 'There are'} no instances now; the next call starts one.`,
    columns: [
      { title: 'INSTANCE', value: (instance) => instance.id.slice(0, 12) },
      ...(key ? [] : [{ title: 'FUNCTION', value: ofFunction }]),
      { title: 'VERSION', value: (instance) => instance.version },
      { title: 'RUNG', value: (instance) => instance.rung },
      { title: 'STATUS', value: (instance) => instance.status },
      { title: 'READINESS', value: (instance) => instance.readiness },
      { title: 'AGE', value: (instance) => age(instance.startedAt, context.now()) },
      { title: 'CPU', value: ({ stats }) => (stats ? `${stats.cpuPercent.toFixed(1)}%` : null), isWide },
      { title: 'MEMORY', value: ({ stats }) => (stats ? formatBytes(stats.memoryBytes) : null), isWide },
      { title: 'ENGINE', value: (instance) => instance.engine, isWide: true },
      { title: 'NAME', value: (instance) => instance.name, isWide: true },
    ],
  });
}

function ofFunction({ project, function: name }: InstanceInfo): string {
  return `${project}/${name}`;
}
