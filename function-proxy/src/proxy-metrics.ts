import { ServiceMetrics } from '@plat/platform-kit/telemetry/service-metrics.ts';
import type { Acquirer } from './acquire.ts';
import type { CallMeter } from './call-meter.ts';
import type { InstanceIndex } from './instance-index.ts';
import type { ExecutionRecorder } from './record-execution.ts';

export type ProxyMetricsDeps = {
  meter: CallMeter;
  acquirer: Pick<Acquirer, 'load'>;
  index: Pick<InstanceIndex, 'list'>;
  recorder: Pick<ExecutionRecorder, 'queued' | 'dropped'>;
};

/** All that the function-proxy tells Prometheus; read from what it keeps anyway when somebody asks. */
export function proxyMetrics({ meter, acquirer, index, recorder }: ProxyMetricsDeps): ServiceMetrics {
  const metrics = new ServiceMetrics();
  const byFunction = ['project', 'function'] as const;
  metrics.counters(
    {
      name: 'plat_function_calls_total',
      help: 'Calls that are over, by who failed and class of status.',
      labels: [...byFunction, 'outcome', 'status'],
    },
    () => meter.calls(),
  );
  metrics.counters(
    {
      name: 'plat_function_cold_calls_total',
      help: 'Calls for which no instance was ready, by the rung from which one came.',
      labels: [...byFunction, 'rung'],
    },
    () => meter.coldCalls(),
  );
  metrics.histograms(
    {
      name: 'plat_function_duration_seconds',
      help: "The function's own part of its calls, without waiting and waking.",
      labels: byFunction,
    },
    () => meter.durations(),
  );
  metrics.counters(
    {
      name: 'plat_proxy_errors_total',
      help: 'Calls that ended with an error, by its code.',
      labels: ['code'],
    },
    () => meter.errors(),
  );
  metrics.histograms(
    { name: 'plat_proxy_queue_seconds', help: 'How long calls waited that had to wait.' },
    () => [[{}, meter.queued]],
  );
  metrics.histograms(
    {
      name: 'plat_proxy_wake_seconds',
      help: 'How long calls waited until an instance was ready, by the rung from which it came.',
      labels: ['rung'],
    },
    () => [...meter.woken].flatMap(([rung, durations]) => (rung === 'hot' ? [] : [[{ rung }, durations]])),
  );
  const sumOf = (what: 'waiting' | 'inFlight') => acquirer.load().reduce((sum, load) => sum + load[what], 0);
  metrics.gauges({ name: 'plat_proxy_queue_length', help: 'Calls that wait for an instance.' }, () => [
    [{}, sumOf('waiting')],
  ]);
  metrics.gauges({ name: 'plat_proxy_in_flight', help: 'Calls that an instance works on.' }, () => [
    [{}, sumOf('inFlight')],
  ]);
  metrics.gauges(
    {
      name: 'plat_proxy_instances',
      help: 'Instances in the routing index, by what the proxy knows of them.',
      labels: ['state'],
    },
    () => countBy(index.list().map(({ state }) => state.state), ['probing', 'ready', 'failed', 'parked', 'paused', 'draining'], 'state'),
  ); // prettier-ignore
  metrics.gauges(
    {
      name: 'plat_proxy_connections',
      help: 'Kept connections to instances; `busy` ones carry a call.',
      labels: ['state'],
    },
    () => {
      const pools = index.list().map(({ pool }) => pool);
      const connected = pools.reduce((sum, { connected }) => sum + connected, 0);
      const free = pools.reduce((sum, { resting }) => sum + resting, 0);
      return [
        [{ state: 'busy' }, connected - free],
        [{ state: 'free' }, free],
      ];
    },
  );
  metrics.gauges(
    {
      name: 'plat_executions_queued',
      help: 'Records of calls that are still to be sent to the metadata service.',
    },
    () => [[{}, recorder.queued]],
  );
  metrics.counters({ name: 'plat_executions_lost_total', help: 'Records of calls that were lost.' }, () => [
    [{}, recorder.dropped],
  ]);
  return metrics;
}

/** How often each of `states` is among `found`, those too that are not. */
function countBy<S extends string>(
  found: readonly S[],
  states: readonly S[],
  label: 'state',
): [Record<'state', string>, number][] {
  return states.map((state) => [{ [label]: state }, found.filter((one) => one === state).length]);
}
