import { SpanKind, SpanStatusCode, TraceFlags, type HrTime } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes, type Resource } from '@opentelemetry/resources';
import { BatchSpanProcessor, type ReadableSpan, type SpanExporter } from '@opentelemetry/sdk-trace-base';
import type { Logger } from '../logging.ts';
import { sleep } from '../waiting.ts';
import type { SpanRecord, SpanSink } from './tracing.ts';

const QUEUE_LIMIT = 4096;
const BATCH_LIMIT = 512;
const SEND_TIMEOUT_MS = 5000;
/** How long spans wait for others to be sent with, and how long `close` waits for the last ones to be sent. */
export type SinkTiming = { sendEveryMs: number; closeMs: number };
const TIMING: SinkTiming = { sendEveryMs: 1000, closeMs: 3000 };
const KINDS = { server: SpanKind.SERVER, client: SpanKind.CLIENT, internal: SpanKind.INTERNAL };

export type OtlpOptions = {
  service: string;
  endpoint: string;
  headers: Record<string, string>;
  logger: Logger;
  timing?: SinkTiming | undefined;
};

/**
 * Sends spans to a collector, in batches off everybody's way. At most `QUEUE_LIMIT` wait; a collector that is slow or
 * away costs the spans beyond, and is said once.
 */
export function createOtlpSink({
  service,
  endpoint,
  headers,
  logger,
  timing = TIMING,
}: OtlpOptions): SpanSink {
  const url = `${endpoint.replace(/\/+$/, '')}/v1/traces`;
  const exporter = saying(new OTLPTraceExporter({ url, headers, timeoutMillis: SEND_TIMEOUT_MS }), logger);
  const processor = new BatchSpanProcessor(exporter, {
    maxQueueSize: QUEUE_LIMIT,
    maxExportBatchSize: BATCH_LIMIT,
    scheduledDelayMillis: timing.sendEveryMs,
    exportTimeoutMillis: SEND_TIMEOUT_MS,
  });
  const clock = new WallClock();
  const resource = resourceFromAttributes({ 'service.name': service, 'service.namespace': 'plat' });
  return {
    record: (span) => processor.onEnd(toReadableSpan(span, { resource, clock })),
    close: async () => {
      const over = new AbortController();
      const late = sleep(timing.closeMs, over.signal).catch(() => undefined);
      await Promise.race([processor.shutdown().catch(() => undefined), late]);
      over.abort();
    },
  };
}

/** The exporter, with the first failure after a success in the log. */
function saying(exporter: SpanExporter, logger: Logger): SpanExporter {
  let isAway = false;
  return {
    export: (spans, done) =>
      exporter.export(spans, (result) => {
        const hasFailed = result.error !== undefined;
        if (hasFailed && !isAway) logger.warn({ reason: result.error?.message }, 'traces cannot be sent');
        isAway = hasFailed;
        done(result);
      }),
    shutdown: () => exporter.shutdown(),
    forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve(),
  };
}

function toReadableSpan(
  span: SpanRecord,
  { resource, clock }: { resource: Resource; clock: WallClock },
): ReadableSpan {
  const { traceId, spanId } = span.context;
  const traceFlags = TraceFlags.SAMPLED;
  const { parentSpanId, error } = span;
  const known = Object.entries(span.attributes ?? {}).filter(([, value]) => value !== null && value !== undefined);
  return {
    name: span.name,
    kind: KINDS[span.kind],
    spanContext: () => ({ traceId, spanId, traceFlags }),
    ...(parentSpanId === undefined
      ? {}
      : { parentSpanContext: { traceId, spanId: parentSpanId, traceFlags } }),
    startTime: toHr(clock.at(span.startAt)),
    endTime: toHr(clock.at(span.endAt)),
    duration: toHr(span.endAt - span.startAt),
    status: error === undefined ? { code: SpanStatusCode.UNSET } : { code: SpanStatusCode.ERROR, message: error },
    attributes: Object.fromEntries(known) as Record<string, string | number | boolean | undefined>,
    links: [],
    events: [],
    ended: true,
    resource,
    instrumentationScope: { name: 'plat' },
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
} // prettier-ignore

function toHr(ms: number): HrTime {
  const s = Math.floor(ms / 1000);
  return [s, Math.floor((ms - s * 1000) * 1e6)];
}

/** The wall clock only has whole milliseconds, and may be set: it is believed again when it is far off. */
const FAR_OFF_MS = 20;

/** Monotonic times as the wall clock has them, with their fractions. */
class WallClock {
  #offsetMs = Date.now() - performance.now();

  at(monotonicMs: number): number {
    const offsetMs = Date.now() - performance.now();
    if (Math.abs(offsetMs - this.#offsetMs) > FAR_OFF_MS) this.#offsetMs = offsetMs;
    return this.#offsetMs + monotonicMs;
  }
}
