import type { MetadataClient } from '@plat/platform-kit/clients/metadata-client.ts';
import type { FunctionRecord, VersionRecord } from '@plat/platform-kit/domain.ts';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import type { FunctionHistory } from './plan-sweep.ts';

/** All versions of a function, as the record says right now; undefined when the function is gone. */
export async function readHistory(
  metadata: Pick<MetadataClient, 'listVersions'>,
  fn: FunctionRecord,
): Promise<FunctionHistory | undefined> {
  const versions: VersionRecord[] = [];
  let before: number | undefined;
  try {
    do {
      const page = await metadata.listVersions(fn.project, fn.name, { before, limit: 200 });
      versions.push(...page.items);
      before = page.next === null ? undefined : Number(page.next);
    } while (before !== undefined);
  } catch (error) {
    if (error instanceof PlatformError && error.code === 'not_found') return undefined;
    throw error;
  }
  // A function of the same name may have been made anew.
  return { aliases: fn.aliases, versions: versions.filter(({ functionId }) => functionId === fn.id) };
}
