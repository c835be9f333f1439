import type { VersionRecord } from '@plat/platform-kit/domain.ts';
import { isTerminal } from '@plat/platform-kit/version-states.ts';
import type { FunctionKey } from './api-client.ts';
import { note, type ApiContext } from './context.ts';
import { describeFailedDeploy } from './deploy-failure.ts';
import { watchVersion } from './watch-version.ts';

/** Waits for versions that are still being built or started. Throws why one of them never becomes ready. */
export async function untilReady(
  context: ApiContext,
  options: { key: FunctionKey; versions: readonly number[]; timeoutMs: number },
): Promise<void> {
  const { key, timeoutMs } = options;
  for (const number of options.versions) {
    const version: VersionRecord = await context.api.getVersion(key, number);
    if (isTerminal(version.state)) continue;
    await note(context, `Version ${number} is ${version.state}; waiting until it is ready.`);
    const last = await watchVersion({
      open: (signal) => context.api.versionEvents(key, number, signal),
      onState: () => undefined,
      onLog: () => undefined,
      timeoutMs,
      signal: context.signal,
    });
    if (last.state !== 'ready') throw await describeFailedDeploy(context, last, []);
  }
}
