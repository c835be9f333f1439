import { formatBytes } from '@plat/platform-kit/quantities.ts';
import type { ApiContext } from '../context.ts';
import { age } from '../output/age.ts';
import { printList } from '../output/print.ts';
import { resolveFunction } from '../target.ts';

/** Lists the running copies of a function. */
export async function instances(
  context: ApiContext,
  args: { name?: string; stats?: boolean },
): Promise<void> {
  const key = resolveFunction(context, args.name);
  const { items } = await context.api.listInstances(key, args.stats ? { stats: true } : {});
  const isWide = !args.stats;
  await printList(context, {
    items,
    name: (instance) => instance.id,
    empty: `${key.project}/${key.name} has no instances now; the next call starts one.`,
    columns: [
      { title: 'INSTANCE', value: (instance) => instance.id.slice(0, 12) },
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
