import type { MetadataClient } from '@plat/platform-kit/clients/metadata-client.ts';
import { PlatformError } from '@plat/platform-kit/errors.ts';

type Metadata = Pick<MetadataClient, 'getFunction' | 'getVersion'>;

/** A function's id; throws `not_found`, which says what there is, when it, or the version, does not exist. */
export async function idOfSelected(
  metadata: Metadata,
  { project, name, version }: { project: string; name: string; version?: number | undefined },
): Promise<string> {
  if (version !== undefined) return (await metadata.getVersion(project, name, version)).functionId;
  return (await metadata.getFunction(project, name)).id;
}

/**
 * For a list of calls that came out empty: throws `not_found` when that is because the function has no such version or
 * alias. Which is not known before, as an alias that was removed still has its calls.
 */
export async function requireSelected(
  metadata: Metadata,
  { project, function: name, version, alias }: { project?: string | undefined; function?: string | undefined; version?: number | undefined; alias?: string | undefined },
): Promise<void> {
  if (project === undefined || name === undefined) return;
  if (version !== undefined) await metadata.getVersion(project, name, version);
  if (alias === undefined) return;
  const { aliases } = await metadata.getFunction(project, name);
  if (aliases.some((known) => known.name === alias)) return;
  const there = aliases.map((known) => known.name).join(', ') || 'none';
  throw new PlatformError('not_found', `Function "${project}/${name}" has no alias "${alias}"; it has: ${there}.`);
} // prettier-ignore
