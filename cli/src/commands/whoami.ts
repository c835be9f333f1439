import type { ApiContext } from '../context.ts';
import { printObject } from '../output/print.ts';

export async function whoami(context: ApiContext): Promise<void> {
  const principal = await context.api.whoami();
  await printObject(context, {
    value: principal,
    name: principal.name,
    rows: [
      ['Name', principal.name],
      ['Role', principal.role],
      ['Project', principal.project ?? 'all'],
      ['Expires', principal.expiresAt ?? 'never'],
      ['Platform', context.settings.url],
    ],
  });
}
