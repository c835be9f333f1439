import type { ApiContext } from '../context.ts';
import { printText } from '../output/print.ts';
import { resolveFunction } from '../target.ts';

/** Takes a function out of service; nothing is lost, and `start` brings it back. */
export async function stop(context: ApiContext, args: { name?: string }): Promise<void> {
  const key = resolveFunction(context, args.name);
  const view = await context.api.setFunctionState(key, 'stopped');
  await printText(context, `${key.project}/${key.name} is stopped.`, { value: view, name: view.name });
}

/** Brings a stopped function back into service. */
export async function start(context: ApiContext, args: { name?: string }): Promise<void> {
  const key = resolveFunction(context, args.name);
  const view = await context.api.setFunctionState(key, 'active');
  await printText(context, `${key.project}/${key.name} is active.`, { value: view, name: view.name });
}
