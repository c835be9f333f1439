import type { ApiContext } from '../context.ts';
import { printText } from '../output/print.ts';
import { resolveFunction } from '../target.ts';

/** Cancels a deploy that is not over yet. */
export async function cancel(context: ApiContext, args: { name: string; version: number }): Promise<void> {
  const key = resolveFunction(context, args.name);
  const version = await context.api.cancelVersion(key, args.version);
  await printText(context, `Version ${version.number} of ${key.project}/${key.name} is ${version.state}.`, {
    value: version,
    name: String(version.number),
  });
}
