import type { By } from '@plat/platform-kit/clients/metadata-client.ts';
import type { VersionRecord } from '@plat/platform-kit/domain.ts';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import { isTerminal } from '@plat/platform-kit/version-states.ts';
import { functionObject } from './functions.ts';
import { findVersion } from './versions.ts';
import type { Write } from './write.ts';

/**
 * INVARIANTS: an alias never names a version without an image: whoever removes an image asks here first, and this and
 * `setAlias` begin by writing the function's row, so that one of them waits for the other.
 */
export async function releaseImage(
  { trx, record }: Write,
  target: { functionId: string; number: number; imageId: string } & By,
): Promise<VersionRecord> {
  const { functionId, number, imageId, actor } = target;
  const fn = await trx
    .updateTable('functions')
    .set({ updated_at: (eb) => eb.ref('updated_at') })
    .where('id', '=', functionId)
    .returning(['project', 'name'])
    .executeTakeFirst();
  const version = fn && (await findVersion(trx, functionId, number));
  if (!version) {
    throw new PlatformError('not_found', `There is no version ${number} of function ${functionId}.`, {
      details: { functionId, version: number },
    });
  }
  const alias = await trx
    .selectFrom('alias_weights')
    .select('alias')
    .where('function_id', '=', functionId)
    .where('version', '=', number)
    .executeTakeFirst();
  const refusal = alias
    ? `the alias "${alias.alias}" names it`
    : !isTerminal(version.state)
      ? `it is ${version.state}`
      : version.imageId !== imageId
        ? 'it has another image, or none'
        : undefined;
  if (refusal) {
    throw new PlatformError(
      'conflict',
      `Version ${number} of "${functionObject(fn)}" keeps its image: ${refusal}.`,
      {
        details: { state: version.state },
      },
    );
  }
  await trx
    .updateTable('versions')
    .set({ image_id: null, image_ref: null })
    .where('function_id', '=', functionId)
    .where('number', '=', number)
    .execute();
  await record({
    kind: 'function',
    key: functionId,
    actor,
    action: 'version.image-removed',
    object: functionObject(fn),
    detail: { version: number, imageId },
  });
  return (await findVersion(trx, functionId, number))!;
}
