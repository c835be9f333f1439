import type { Role } from '@plat/platform-kit/domain.ts';
import { note, type ApiContext } from '../context.ts';
import { age } from '../output/age.ts';
import { printList, printText } from '../output/print.ts';
import { confirmDestruction } from '../prompts.ts';

export async function tokensLs(context: ApiContext): Promise<void> {
  const { items } = await context.api.listTokens();
  await printList(context, {
    items,
    name: (token) => token.id,
    empty: 'There are no tokens.',
    columns: [
      { title: 'ID', value: (token) => token.id },
      { title: 'NAME', value: (token) => token.name },
      { title: 'ROLE', value: (token) => token.role },
      { title: 'PROJECT', value: (token) => token.project ?? 'all' },
      { title: 'EXPIRES', value: (token) => token.expiresAt ?? 'never' },
      { title: 'AGE', value: (token) => age(token.createdAt, context.now()) },
      { title: 'BY', value: (token) => token.createdBy, isWide: true },
    ],
  });
}

export type TokensCreateArgs = { name: string; role: Role; expires?: string };

/** The secret is the data: it goes to standard output, once, and nowhere else. */
export async function tokensCreate(context: ApiContext, args: TokensCreateArgs): Promise<void> {
  const created = await context.api.createToken({
    name: args.name,
    role: args.role,
    ...(context.flagProject === undefined ? {} : { project: context.flagProject }),
    ...(args.expires === undefined ? {} : { expiresIn: args.expires }),
  });
  const scope = created.project === null ? 'all projects' : `project ${created.project}`;
  await note(context, `Created token ${created.id} (${created.role}, ${scope}). It is shown this once:`);
  await printText(context, created.token, { value: created, name: created.id });
}

export async function tokensRm(context: ApiContext, args: { id: string }): Promise<void> {
  await confirmDestruction(context, `Delete token ${args.id}? Whoever uses it is locked out.`);
  await context.api.deleteToken(args.id);
  await note(context, `Deleted token ${args.id}.`);
}
