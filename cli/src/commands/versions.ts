import { formatBytes } from '@plat/platform-kit/quantities.ts';
import { note, type ApiContext } from '../context.ts';
import { age } from '../output/age.ts';
import { printList } from '../output/print.ts';
import { took } from '../output/took.ts';
import { resolveFunction } from '../target.ts';

export type VersionsArgs = { name?: string; limit?: number; before?: string };

/** Lists the versions of a function, newest first. */
export async function versions(context: ApiContext, args: VersionsArgs): Promise<void> {
  const key = resolveFunction(context, args.name);
  const [view, page] = await Promise.all([
    context.api.getFunction(key),
    context.api.listVersions(key, { limit: args.limit, before: args.before }),
  ]);
  const share = (version: number) => {
    const live = view.aliases.find((alias) => alias.name === 'live');
    const weight = live?.weights.find((entry) => entry.version === version)?.weight;
    return weight === undefined ? '' : `${weight}%`;
  };
  await printList(context, {
    items: page.items,
    name: (version) => String(version.number),
    empty: `${key.project}/${key.name} has no versions yet.`,
    columns: [
      { title: 'VERSION', value: (version) => version.number },
      { title: 'STATE', value: (version) => version.state },
      { title: 'LIVE', value: (version) => share(version.number) },
      { title: 'RUNTIME', value: (version) => version.config.runtime },
      { title: 'AGE', value: (version) => age(version.createdAt, context.now()) },
      { title: 'TOOK', value: (version) => took(version.createdAt, version.finishedAt) },
      { title: 'BY', value: (version) => version.createdBy },
      { title: 'SOURCE', value: (version) => formatBytes(version.sourceBytes), isWide: true },
      { title: 'IMAGE', value: (version) => version.imageId?.slice(0, 19) ?? null, isWide: true },
      { title: 'REUSED', value: (version) => (version.imageReused ? 'yes' : 'no'), isWide: true },
      { title: 'ERROR', value: (version) => version.error?.message ?? '' },
    ],
  });
  if (page.next) await note(context, `There are more: --before ${page.next}`);
}
