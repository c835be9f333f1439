import type { WakeOutcome } from '@plat/platform-kit/clients/controller-client.ts';
import { readTraceparent, type TraceContext } from '@plat/platform-kit/telemetry/trace-context.ts';
import type { Tracing } from '@plat/platform-kit/telemetry/tracing.ts';
import type { InstanceHost } from './instance-host.ts';
import { versionKey } from './version-key.ts';

type Version = { functionId: string; version: number };

/**
 * Spans of wakes, and below them of what the engine was asked for because of them. A start belongs to the wake of its
 * version that is under way; one without such a wake is in no trace.
 */
export class WakeTraces {
  readonly #tracing: Tracing;
  readonly #underWay = new Map<string, TraceContext>();

  constructor(tracing: Tracing) {
    this.#tracing = tracing;
  }

  async wake(
    of: Version,
    traceparent: string | string[] | undefined,
    run: () => Promise<WakeOutcome>,
  ): Promise<WakeOutcome> {
    const parent = readTraceparent({ traceparent: String(traceparent) });
    if (!parent?.isSampled) return run();
    const key = versionKey(of.functionId, of.version);
    const context = this.#tracing.begin(parent);
    const startAt = performance.now();
    let outcome: WakeOutcome['outcome'] | 'error' = 'error';
    this.#underWay.set(key, context);
    try {
      const woken = await run();
      outcome = woken.outcome;
      return woken;
    } finally {
      if (this.#underWay.get(key) === context) this.#underWay.delete(key);
      this.#tracing.record({
        name: 'wake',
        kind: 'server',
        context,
        parentSpanId: parent.spanId,
        startAt,
        endAt: performance.now(),
        attributes: {
          'plat.function_id': of.functionId,
          'plat.version': of.version,
          'plat.outcome': outcome,
        },
        // `timeout` is also what a proxy leaves with that sees the instance ready by itself.
        error: outcome === 'failed' || outcome === 'error' ? outcome : undefined,
      });
    }
  }

  /** `host` with spans of its starts, and of resumes that say of which version. */
  traceHost(host: InstanceHost): InstanceHost {
    const traced: Partial<InstanceHost> = {
      start: (spec, ...more) => this.#span('start', spec, () => host.start(spec, ...more), host.engine),
      resume: (id, only) =>
        only ? this.#span('resume', only, () => host.resume(id, only), host.engine) : host.resume(id),
    };
    return new Proxy(host, {
      get: (_target, key) => {
        if (key in traced) return Reflect.get(traced, key) as unknown;
        const value: unknown = Reflect.get(host, key);
        return typeof value === 'function' ? (value as () => unknown).bind(host) : value;
      },
    });
  }

  async #span<T>(name: string, of: Version, run: () => Promise<T>, engine: string): Promise<T> {
    const key = versionKey(of.functionId, of.version);
    const before = this.#underWay.get(key);
    const startAt = performance.now();
    let error: string | undefined = 'error';
    try {
      const done = await run();
      error = undefined;
      return done;
    } finally {
      // A wake may come while the start it waits for is under way.
      const parent = before ?? this.#underWay.get(key);
      if (parent)
        this.#tracing.record({
          name: `engine ${name}`,
          kind: 'client',
          context: this.#tracing.begin(parent),
          parentSpanId: parent.spanId,
          startAt,
          endAt: performance.now(),
          attributes: { 'plat.engine': engine, 'plat.version': of.version },
          error,
        });
    }
  }
}
