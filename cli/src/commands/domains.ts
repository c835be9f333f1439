import { note, type ApiContext } from '../context.ts';
import { age } from '../output/age.ts';
import { printList, printText } from '../output/print.ts';
import { confirmDestruction } from '../prompts.ts';
import { resolveFunction } from '../target.ts';

export async function domainsLs(context: ApiContext, args: { name?: string }): Promise<void> {
  const { items } = await context.api.listDomains(resolveFunction(context, args.name));
  await printList(context, {
    items,
    name: (record) => record.domain,
    empty: 'It has no domains of its own.',
    columns: [
      { title: 'DOMAIN', value: (record) => record.domain },
      { title: 'SHOWN AS', value: (record) => record.display, isWide: true },
      { title: 'BY', value: (record) => record.createdBy },
      { title: 'ADDED', value: (record) => age(record.createdAt, context.now()) },
    ],
  });
}

export async function domainsAdd(context: ApiContext, args: { name: string; domain: string }): Promise<void> {
  const key = resolveFunction(context, args.name);
  const record = await context.api.addDomain(key, args.domain);
  const shown = record.display === record.domain ? record.domain : `${record.domain} (${record.display})`;
  await printText(
    context,
    `${key.project}/${key.name} now answers at ${shown}. Let the domain's DNS point at the platform.`,
    { value: record, name: record.domain },
  );
}

export async function domainsRm(context: ApiContext, args: { name: string; domain: string }): Promise<void> {
  const key = resolveFunction(context, args.name);
  await confirmDestruction(context, `Take the domain ${args.domain} off ${key.project}/${key.name}?`);
  await context.api.deleteDomain(key, args.domain);
  await note(context, `Removed ${args.domain}.`);
}
