import { ServiceMetrics, type Timing } from '@plat/platform-kit/telemetry/service-metrics.ts';
import { timeCalls } from '@plat/platform-kit/telemetry/time-calls.ts';
import type { InstanceHost } from './instance-host.ts';
import type { InstanceSampler } from './instance-sampler.ts';

const STATUSES = ['created', 'running', 'paused', 'restarting', 'removing', 'exited', 'dead'] as const;

/** What the function-controller tells Prometheus beside its requests. */
export class ControllerMetrics extends ServiceMetrics {
  readonly #reconciles: Timing<'outcome'>;

  constructor() {
    super();
    this.#reconciles = this.timing({
      name: 'plat_controller_reconcile_duration_seconds',
      help: 'Runs over one function; an `error` is tried again.',
      labels: ['outcome'],
    });
  }

  /** Times a run that has just begun. */
  readonly noteRun = (run: Promise<unknown>): void => {
    const startedAt = performance.now();
    const note = (outcome: string) => this.#reconciles.note({ outcome }, startedAt);
    run.then(
      () => note('ok'),
      () => note('error'),
    );
  };

  /** `host` with its calls timed, but for the watch, which goes on for as long as the engine lets it. */
  timeEngine(host: InstanceHost): InstanceHost {
    const timing = this.timing({
      name: 'plat_engine_call_duration_seconds',
      help: 'What was asked of the engine; `start` and `resume` are what a wake waits for.',
      labels: ['operation', 'outcome'],
    });
    return timeCalls(host, timing, ['watch', 'logs']);
  }

  /** Asks the engine nothing: the sampler has just looked. */
  follow(sampler: Pick<InstanceSampler, 'statuses'>): void {
    this.gauges(
      {
        name: 'plat_controller_instances',
        help: 'Instances by their state at the engine, at most ten seconds ago.',
        labels: ['status'],
      },
      () => STATUSES.map((status) => [{ status }, sampler.statuses.get(status) ?? 0]),
    );
  }
}
