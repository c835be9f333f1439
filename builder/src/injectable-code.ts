import { buffer } from 'node:stream/consumers';
import type { FunctionConfig } from '@plat/platform-kit/function-config.ts';
import { CODE_LIMIT, type Code, type InjectableCode } from '@plat/platform-kit/pool-code.ts';
import type { RuntimeManifest } from '@plat/platform-kit/runtime-manifest.ts';
import type { BlobStore } from './blob-store.ts';
import { findManifest } from './check-source.ts';
import { whyNotInjectable } from './dependency-free.ts';
import type { SourceLimits } from './source-limits.ts';
import { walkArchive, type WalkedEntry } from './walk-archive.ts';

/** A function's source for a container that runs already, or why it needs its image. `not_found` when it is gone. */
export async function injectableCode(
  { digest, config }: { digest: string; config: FunctionConfig },
  deps: { blobs: BlobStore; limits: SourceLimits; manifests: readonly RuntimeManifest[] },
): Promise<InjectableCode> {
  const manifest = findManifest(config.runtime, deps.manifests);
  return deps.blobs.withFile(digest, async (archive) => {
    const entries: Omit<WalkedEntry, 'open'>[] = [];
    const code: Code = { files: [] };
    const text = new Map<string, string>();
    let bytes = 0;
    for await (const { open, ...entry } of walkArchive(archive, deps.limits)) {
      entries.push(entry);
      bytes += entry.expandedBytes;
      // What is over the limit is not read: the judgement below says so.
      if (entry.kind !== 'file' || bytes > CODE_LIMIT.bytes || entries.length > CODE_LIMIT.files) continue;
      const content = await buffer(await open());
      if (manifest.dependencyFiles.includes(entry.path)) text.set(entry.path, content.toString('utf8'));
      const { path, executable } = entry;
      code.files.push({ path, data: content.toString('base64'), executable });
    }
    const reason = whyNotInjectable({ entries, text }, manifest, config.env);
    return reason === undefined ? { code } : { code: null, reason };
  });
}
