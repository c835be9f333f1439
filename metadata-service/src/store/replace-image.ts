import type { By, ImageReplacement } from '@plat/platform-kit/clients/metadata-client.ts';
import type { VersionRecord } from '@plat/platform-kit/domain.ts';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import { functionObject } from './functions.ts';
import { findVersion } from './versions.ts';
import type { Write } from './write.ts';

/** Records that a version has another image, made of the same source; `conflict` when it no longer has the image `from`. */
export async function replaceImage(
  { trx, record }: Write,
  target: { functionId: string; number: number; replacement: ImageReplacement & By },
): Promise<VersionRecord> {
  const { functionId, number, replacement } = target;
  const { from, imageId, imageRef, actor } = replacement;
  const replaced = await trx
    .updateTable('versions')
    .set({ image_id: imageId, image_ref: imageRef ?? null })
    .where('function_id', '=', functionId)
    .where('number', '=', number)
    .where('image_id', '=', from)
    .where('state', 'in', ['starting', 'ready'])
    .returning('number')
    .executeTakeFirst();
  const version = await findVersion(trx, functionId, number);
  if (!version) {
    throw new PlatformError('not_found', `There is no version ${number} of function ${functionId}.`, {
      details: { functionId, version: number },
    });
  }
  const object = functionObject({ project: version.project, name: version.function });
  if (!replaced) {
    throw new PlatformError(
      'conflict',
      `Version ${number} of "${object}" does not run from image ${from} (any more).`,
      {
        details: { state: version.state, imageId: version.imageId },
      },
    );
  }
  const detail = { version: number, from, imageId };
  await record({ kind: 'function', key: functionId, actor, action: 'version.rebuilt', object, detail });
  return version;
}
