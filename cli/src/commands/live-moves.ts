import type { FunctionKey } from '../api-client.ts';
import type { ApiContext } from '../context.ts';
import { printText } from '../output/print.ts';
import { takeVersion } from '../take-version.ts';
import { resolveFunction } from '../target.ts';
import { untilReady } from '../until-ready.ts';

type MoveArgs = { name?: string; version?: number };

/** Moves alias `live` to a version, waiting for one that is not ready yet; without one to the newest that is ready. */
export async function promote(context: ApiContext, args: MoveArgs & { waitTimeout: number }): Promise<void> {
  const { name, version } = takeVersion(args);
  const key = resolveFunction(context, name);
  if (version !== undefined)
    await untilReady(context, { key, versions: [version], timeoutMs: args.waitTimeout });
  const moved = await context.api.promote(key, version);
  const from = moved.from === null ? '' : `, in place of version ${moved.from}`;
  const text = `${key.project}/${key.name}: version ${moved.to} is live${from}.`;
  await printText(context, text, { value: moved, name: key.name });
}

/** Moves alias `live` back to what it named before, or to a version. */
export async function rollback(context: ApiContext, args: MoveArgs & { dryRun?: boolean }): Promise<void> {
  const { name, version } = takeVersion(args);
  const key = resolveFunction(context, name);
  if (args.dryRun) return foretell(context, key, version);
  const moved = await context.api.rollback(key, version);
  const text = `${key.project}/${key.name} went from version ${moved.from} to version ${moved.to}.`;
  await printText(context, text, { value: moved, name: key.name });
}

async function foretell(context: ApiContext, key: FunctionKey, version: number | undefined): Promise<void> {
  const preview = await context.api.previewRollback(key, version);
  const split = preview.weights.map((part) => `version ${part.version}: ${part.weight} %`).join(', ');
  const text = `${key.project}/${key.name} would go from version ${preview.from} to version ${preview.to} (${split}).`;
  await printText(context, text, { value: preview, name: key.name });
}
