import type { VersionRecord } from '@plat/platform-kit/domain.ts';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import { isTerminal } from '@plat/platform-kit/version-states.ts';
import type { GatewayDeps } from './gateway-deps.ts';

const ATTEMPTS = 5;

/**
 * Moves a version to `cancelled` from whatever state it is in, then stops its build. The record decides: once it says
 * cancelled, a builder that cannot be told stops by itself. Throws `conflict` once the version is terminal.
 */
export async function cancelVersion(
  { metadata, builder, logger }: Pick<GatewayDeps, 'metadata' | 'builder' | 'logger'>,
  { project, name, number, actor }: { project: string; name: string; number: number; actor: string },
): Promise<VersionRecord> {
  for (let attempt = 1; ; attempt++) {
    const { functionId, state: from } = await metadata.getVersion(project, name, number);
    if (isTerminal(from)) {
      throw new PlatformError(
        'conflict',
        `Version ${number} is already ${from}; there is nothing to cancel.`,
        {
          details: { state: from },
        },
      );
    }
    try {
      const cancelled = await metadata.transitionVersion(functionId, number, {
        from,
        to: 'cancelled',
        actor,
      });
      await builder
        .cancelBuild(functionId, number)
        .catch((error: unknown) =>
          logger.warn({ err: error, functionId, number }, 'build was not told to stop'),
        );
      return cancelled;
    } catch (error) {
      const movedOn = error instanceof PlatformError && error.code === 'conflict';
      if (!movedOn || attempt === ATTEMPTS) throw error;
    }
  }
}
