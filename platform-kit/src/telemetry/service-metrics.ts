import { performance } from 'node:perf_hooks';
import type { RequestHandler } from 'express';
import { Counter, Gauge, Histogram, Registry, type Metric } from 'prom-client';
import { DURATION_BOUNDS_S, bucketRows, type Durations } from './durations.ts';
import { registerProcess } from './process-metrics.ts';

export type Labels = Record<string, string>;
type About<L extends string> = { name: string; help: string; labels?: readonly L[] };
type Values<L extends string> = Iterable<[labels: Record<L, string>, value: number]>;

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/**
 * What one service tells Prometheus: its registry and all that is in it. Off the way of calls things are timed as they
 * happen; on it, services count in plain numbers, and those are read when somebody asks ({@link counters},
 * {@link gauges}, {@link histograms}).
 *
 * Labels come from closed sets: patterns of routes, names of operations, codes, and as many functions as their owner
 * tells apart. Never a path, an id, or what a caller sent.
 */
export class ServiceMetrics {
  readonly contentType: string;
  readonly #registry = new Registry();
  readonly #requests: Timing<'method' | 'route' | 'status'>;

  constructor() {
    this.contentType = this.#registry.contentType;
    registerProcess(this);
    this.#requests = this.timing({
      name: 'plat_http_request_duration_seconds',
      help: 'Requests that this service answered itself, by the pattern of their route; streams and long polls are as long as they were open.',
      labels: ['method', 'route', 'status'],
    });
  }

  counters<L extends string = never>({ name, help, labels = [] }: About<L>, read: () => Values<L>): void {
    const counter: Counter = new Counter({
      name,
      help,
      labelNames: [...labels],
      registers: [this.#registry],
      collect: () => {
        counter.reset();
        for (const [by, value] of read()) counter.inc(by, value);
      },
    });
  }

  gauges<L extends string = never>({ name, help, labels = [] }: About<L>, read: () => Values<L>): void {
    const gauge: Gauge = new Gauge({
      name,
      help,
      labelNames: [...labels],
      registers: [this.#registry],
      collect: () => {
        gauge.reset();
        for (const [by, value] of read()) gauge.set(by, value);
      },
    });
  }

  /** Histograms that are kept elsewhere, as {@link Durations}. */
  histograms<L extends string = never>(
    { name, help }: About<L>,
    read: () => Iterable<[labels: Record<L, string>, durations: Durations]>,
  ): void {
    const get = async () => {
      const values = [...read()].flatMap(([labels, durations]) => bucketRows(name, labels, durations));
      return Promise.resolve({ name, help, type: 'histogram', aggregator: 'sum', values });
    };
    // The library's own histogram can only be told one value at a time; its registry takes whatever has these.
    this.#registry.registerMetric({ name, get, reset: () => undefined } as unknown as Metric);
  }

  timing<L extends string>({ name, help, labels = [] }: About<L>): Timing<L> {
    const histogram = new Histogram({
      name,
      help,
      labelNames: [...labels],
      buckets: [...DURATION_BOUNDS_S],
      registers: [this.#registry],
    });
    return {
      note: (by, startedAt) => histogram.observe(by, Math.max(0, performance.now() - startedAt) / 1000),
    };
  }

  /** Times every request that comes through, by the pattern of its route. */
  readonly timeRequests: RequestHandler = (req, res, next) => {
    const startedAt = performance.now();
    res.once('close', () => {
      const { path } = (req.route ?? {}) as { path?: unknown };
      this.#requests.note(
        {
          method: METHODS.has(req.method) ? req.method : 'other',
          route: typeof path === 'string' ? path : 'none',
          status: `${Math.floor(res.statusCode / 100)}xx`,
        },
        startedAt,
      );
    });
    next();
  };

  /** Everything in Prometheus' text format. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }

  readonly answer: RequestHandler = async (_req, res) => {
    const text = await this.text();
    res.setHeader('content-type', this.contentType);
    res.send(text);
  };
}

/** `startedAt`: as `performance.now()` says it. */
export type Timing<L extends string> = { note: (labels: Record<L, string>, startedAt: number) => void };
