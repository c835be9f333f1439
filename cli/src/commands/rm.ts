import { note, type ApiContext } from '../context.ts';
import { confirmDestruction } from '../prompts.ts';
import { resolveFunction } from '../target.ts';

/** Deletes a function with all of its versions, images, routes and logs. */
export async function rm(context: ApiContext, args: { name?: string }): Promise<void> {
  const key = resolveFunction(context, args.name);
  const { latest } = await context.api.getFunction(key);
  await confirmDestruction(
    context,
    `Delete ${key.project}/${key.name} with ${latest} version${latest === 1 ? '' : 's'}?`,
  );
  await context.api.deleteFunction(key);
  await note(context, `Deleted ${key.project}/${key.name}.`);
}
