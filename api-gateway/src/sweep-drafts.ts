import type { MetadataClient } from '@plat/platform-kit/clients/metadata-client.ts';
import type { FunctionRecord } from '@plat/platform-kit/domain.ts';
import { isDraftName } from '@plat/platform-kit/draft-name.ts';
import type { Logger } from '@plat/platform-kit/logging.ts';
import { pause } from '@plat/platform-kit/waiting.ts';

const EVERY_MS = 60_000;
/** Longer than any draft takes: five minutes to get ready, fifteen for the call. */
const OLD_MS = 25 * 60_000;

/** Functions of drafts whose run did not come to its end. */
export function leftoverDrafts(functions: Iterable<FunctionRecord>, nowMs: number): FunctionRecord[] {
  return [...functions].filter(
    ({ name, createdAt }) => isDraftName(name) && nowMs - Date.parse(createdAt) > OLD_MS,
  );
}

/** Deletes what drafts left over, again and again until `signal` aborts. */
export async function sweepDrafts(
  deps: {
    functions: () => Iterable<FunctionRecord>;
    metadata: Pick<MetadataClient, 'deleteFunction'>;
    logger: Logger;
  },
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await pause(EVERY_MS, signal);
    for (const { project, name } of leftoverDrafts(deps.functions(), Date.now()))
      await deps.metadata
        .deleteFunction(project, name, { actor: 'api-gateway' })
        .catch((error: unknown) => deps.logger.warn({ err: error, project, function: name }, 'a draft stays'));
  }
} // prettier-ignore
