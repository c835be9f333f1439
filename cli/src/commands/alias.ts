import type { AliasWeight } from '@plat/platform-kit/domain.ts';
import type { Sticky } from '@plat/platform-kit/sticky.ts';
import { CliError } from '../cli-error.ts';
import { note, type ApiContext } from '../context.ts';
import { formatWeights } from '../live-version.ts';
import { age } from '../output/age.ts';
import { printList, printText } from '../output/print.ts';
import { confirmDestruction } from '../prompts.ts';
import { resolveFunction } from '../target.ts';
import { untilReady } from '../until-ready.ts';

export async function aliasLs(context: ApiContext, args: { name?: string }): Promise<void> {
  const { items } = await context.api.listAliases(resolveFunction(context, args.name));
  await printList(context, {
    items,
    name: (alias) => alias.name,
    empty: 'There are no aliases yet.',
    columns: [
      { title: 'ALIAS', value: (alias) => alias.name },
      { title: 'VERSION', value: (alias) => formatWeights(alias.weights) },
      { title: 'STICKY', value: ({ sticky }) => describeSticky(sticky) },
      { title: 'UPDATED', value: (alias) => age(alias.updatedAt, context.now()) },
    ],
  });
}

export async function aliasSet(
  context: ApiContext,
  args: {
    name: string;
    assignment: string;
    stickyHeader?: string;
    stickyCookie?: string;
    /** False: `--no-sticky`. */
    sticky: boolean;
    waitTimeout: number;
  },
): Promise<void> {
  const key = resolveFunction(context, args.name);
  const { alias, weights } = parseAssignment(args.assignment);
  const sticky = stickyOf(args);
  const versions = weights.map(({ version }) => version);
  await untilReady(context, { key, versions, timeoutMs: args.waitTimeout });
  const record = await context.api.putAlias(key, alias, {
    weights,
    ...(sticky === undefined ? {} : { sticky }),
  });
  const told = describeSticky(record.sticky);
  const text = `${key.project}/${key.name}: ${record.name} is ${formatWeights(record.weights)}${told ? `, sticky by ${told}` : ''}.`;
  await printText(context, text, { value: record, name: record.name });
}

/** Undefined leaves it as it is. */
function stickyOf(args: { stickyHeader?: string; stickyCookie?: string; sticky: boolean }) {
  const { stickyHeader: header, stickyCookie: cookie, sticky } = args;
  if ([header !== undefined, cookie !== undefined, !sticky].filter(Boolean).length > 1) {
    throw new CliError('usage', 'Expected one of --sticky-header, --sticky-cookie and --no-sticky.');
  }
  if (!sticky) return null;
  if (header !== undefined) return { header };
  return cookie === undefined ? undefined : { cookie };
}

function describeSticky(sticky: Sticky | undefined): string | null {
  if (!sticky) return null;
  return sticky.header === undefined ? `cookie ${sticky.cookie}` : `header ${sticky.header}`;
}

export async function aliasRm(context: ApiContext, args: { name: string; alias: string }): Promise<void> {
  const key = resolveFunction(context, args.name);
  await confirmDestruction(context, `Delete alias ${args.alias} of ${key.project}/${key.name}?`);
  await context.api.deleteAlias(key, args.alias);
  await note(context, `Deleted alias ${args.alias}.`);
}

/** `live=12`, or with weights that sum to 100 `live=12:90,13:10`. */
export function parseAssignment(text: string): { alias: string; weights: AliasWeight[] } {
  const wrong = (why: string) =>
    new CliError('usage', `${JSON.stringify(text)} is not an alias: ${why}.`, {
      hint: 'Expected ALIAS=VERSION, or ALIAS=VERSION:WEIGHT,… with weights that sum to 100: live=12:90,13:10.',
    });
  const match = /^([^=]+)=(.+)$/.exec(text);
  if (!match) throw wrong('there is no version');
  const parts = match[2]!.split(',');
  const weights = parts.map((part): AliasWeight => {
    const found = /^v?([1-9]\d{0,8})(?::(\d{1,3}))?$/.exec(part.trim());
    if (!found) throw wrong(`${JSON.stringify(part)} is not a version`);
    if (found[2] === undefined && parts.length > 1) throw wrong(`version ${found[1]} has no weight`);
    return { version: Number(found[1]), weight: Number(found[2] ?? 100) };
  });
  const sum = weights.reduce((total, { weight }) => total + weight, 0);
  if (sum !== 100) throw wrong(`the weights sum to ${sum}, not to 100`);
  if (new Set(weights.map(({ version }) => version)).size < weights.length)
    throw wrong('a version stands twice');
  return { alias: match[1]!.trim(), weights };
}
