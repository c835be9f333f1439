import { ServiceMetrics, type Timing } from '@plat/platform-kit/telemetry/service-metrics.ts';
import type { AttemptResult } from './build-attempt.ts';
import type { BuildScheduler } from './build-scheduler.ts';

/** What the builder tells Prometheus beside its requests. */
export class BuilderMetrics extends ServiceMetrics {
  readonly #builds: Timing<'result'>;

  constructor() {
    super();
    this.#builds = this.timing({
      name: 'plat_build_duration_seconds',
      help: 'Builds that are over, by what came of them.',
      labels: ['result'],
    });
  }

  readonly noteBuild = (result: AttemptResult, startedAt: number): void =>
    this.#builds.note({ result }, startedAt);

  follow(scheduler: Pick<BuildScheduler, 'runningCount' | 'waitingCount'>): void {
    this.gauges(
      { name: 'plat_builds', help: 'Builds that are under way or wait.', labels: ['state'] },
      () => [
        [{ state: 'running' }, scheduler.runningCount],
        [{ state: 'waiting' }, scheduler.waitingCount],
      ],
    );
  }
}
