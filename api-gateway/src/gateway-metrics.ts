import type { ErrorCode } from '@plat/platform-kit/errors.ts';
import { ServiceMetrics } from '@plat/platform-kit/telemetry/service-metrics.ts';

/** What the gateway tells Prometheus beside the requests that it answers itself. Those for functions are only counted. */
export class GatewayMetrics extends ServiceMetrics {
  /** By where they went: `/function/…`, a function's own host, the API and the dashboard. */
  readonly received = { function: 0, edge: 0, app: 0 };
  readonly #refused = new Map<string, number>();

  constructor() {
    super();
    this.counters(
      { name: 'plat_gateway_requests_total', help: 'Requests by where they went.', labels: ['to'] },
      () => Object.entries(this.received).map(([to, count]) => [{ to }, count]),
    );
    this.counters(
      {
        name: 'plat_gateway_refused_total',
        help: 'Calls through /function/ that the gateway refused, by the code of the error.',
        labels: ['code'],
      },
      () => [...this.#refused].map(([code, count]) => [{ code }, count]),
    );
  }

  noteRefusal(code: ErrorCode): void {
    this.#refused.set(code, (this.#refused.get(code) ?? 0) + 1);
  }
}
