import type { ApiContext } from '../context.ts';
import { printText } from '../output/print.ts';
import { resolveFunction } from '../target.ts';

/** Moves alias `live` back to an earlier version. */
export async function rollback(
  context: ApiContext,
  args: { name?: string; version?: number },
): Promise<void> {
  const key = resolveFunction(context, args.name);
  const moved = await context.api.rollback(key, args.version);
  await printText(
    context,
    `${key.project}/${key.name} went from version ${moved.from} to version ${moved.to}.`,
    {
      value: moved,
      name: key.name,
    },
  );
}
