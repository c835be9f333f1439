import type { VersionRecord } from '@plat/platform-kit/domain.ts';
import type { Tracing } from '@plat/platform-kit/telemetry/tracing.ts';
import type { AttemptResult } from './build-attempt.ts';

/** Writes the span of a build that is over; a trace of its own, because a build finds its work in the record. */
export function traceBuild(
  tracing: Tracing,
  { version, result, startedAt }: { version: VersionRecord; result: AttemptResult; startedAt: number },
): void {
  tracing.record({
    name: `build ${version.project}/${version.function}`,
    kind: 'internal',
    context: tracing.begin(undefined),
    parentSpanId: undefined,
    startAt: startedAt,
    endAt: performance.now(),
    attributes: {
      'plat.project': version.project,
      'plat.function': version.function,
      'plat.version': version.number,
      'plat.runtime': version.config.runtime,
      'plat.result': result,
    },
    error: result === 'failed' ? 'failed' : undefined,
  });
}
