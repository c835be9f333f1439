import type { InstanceUsage } from '@plat/platform-kit/clients/controller-client.ts';
import type { InstanceHost } from './instance-host.ts';

const AT_ONCE = 4;

/** What these instances have used since they started; without those that are gone, or of which nothing is to be known. */
export async function readUsages(
  host: Pick<InstanceHost, 'usage'>,
  ids: readonly string[],
): Promise<InstanceUsage[]> {
  const usages: InstanceUsage[] = [];
  for (let from = 0; from < ids.length; from += AT_ONCE)
    await Promise.all(
      ids.slice(from, from + AT_ONCE).map(async (id) => {
        const usage = await host.usage?.(id).catch(() => undefined);
        if (usage) usages.push({ id, ...usage });
      }),
    );
  return usages;
}
