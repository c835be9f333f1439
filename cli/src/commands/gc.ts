import { formatBytes } from '@plat/platform-kit/quantities.ts';
import type { GarbageReport } from '@plat/platform-kit/garbage.ts';
import { note, type ApiContext } from '../context.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import { printData, printList } from '../output/print.ts';

/** Removes what nobody needs, or says what that would be. Exits with 1 when something could not be removed or asked. */
export async function gc(context: ApiContext, args: { dryRun?: boolean }): Promise<number> {
  const report = await context.api.collectGarbage(args.dryRun === true);
  const code = isWhole(report) ? EXIT_CODES.ok.code : EXIT_CODES.general.code;
  const names = () => report.items.map(({ id }) => `${id}\n`).join('');
  if (await printData(context, report, names)) return code;
  await printList(context, {
    items: report.items,
    name: ({ id }) => id,
    empty: 'There is nothing to remove.',
    columns: [
      { title: 'KIND', value: ({ kind }) => kind },
      { title: 'NAME', value: ({ name }) => shorten(name) },
      { title: 'COUNT', value: ({ count }) => count, isWide: true },
      { title: 'SIZE', value: ({ bytes }) => (bytes === null ? null : formatBytes(bytes)) },
      { title: 'OUTCOME', value: ({ outcome }) => outcome.replace('_', ' ') },
      { title: 'WHY', value: ({ why }) => why },
      { title: 'ID', value: ({ id }) => id, isWide: true },
    ],
  });
  for (const { component, problem } of report.problems)
    await context.err.write(`${context.colors.red('error:')} ${component}: ${problem}\n`);
  if (report.items.length > 0) await note(context, summary(report));
  return code;
}

function summary({ dryRun, items, bytes }: GarbageReport): string {
  const done = items.filter(({ outcome }) => outcome === (dryRun ? 'found' : 'removed')).length;
  return dryRun
    ? `${done} would go, ${formatBytes(bytes)} as far as that is known. Nothing was removed.`
    : `${done} of ${items.length} removed, ${formatBytes(bytes)} as far as that is known.`;
}

function isWhole({ items, problems }: GarbageReport): boolean {
  return problems.length === 0 && items.every(({ outcome }) => outcome !== 'failed');
}

function shorten(name: string): string {
  return /^sha256:[0-9a-f]{64}$/.test(name) ? name.slice(0, 19) : name;
}
