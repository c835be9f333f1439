import type { Logger } from '../logging.ts';
import type { SinkTiming } from './otlp-sink.ts';
import { nextSpan, type TraceContext } from './trace-context.ts';
import type { TracingSettings } from './tracing-settings.ts';

/**
 * A span that is over. `startAt` and `endAt` are `performance.now()`s. Attributes never hold what a caller or a function
 * sent: no path, no query, no header, no body.
 */
export type SpanRecord = {
  name: string;
  kind: 'server' | 'client' | 'internal';
  context: TraceContext;
  parentSpanId: string | undefined;
  startAt: number;
  endAt: number;
  attributes?: Record<string, string | number | boolean | null | undefined>;
  /** What went wrong, as a code. */
  error?: string | undefined;
};

export type SpanSink = { record: (span: SpanRecord) => void; close: () => Promise<void> };

/**
 * Spans of one service. They are written down once they are over, from times that are known anyway: nothing is carried
 * along with a call but its {@link TraceContext}.
 */
export class Tracing {
  readonly #ratio: number;
  readonly #sink: SpanSink;

  constructor(options: { ratio: number; sink: SpanSink }) {
    this.#ratio = options.ratio;
    this.#sink = options.sink;
  }

  /** The span of something that begins now, as a child of `parent` or as a trace of its own. */
  begin(parent: TraceContext | undefined): TraceContext {
    return nextSpan(parent, this.#ratio);
  }

  /** Never waits and never fails; does nothing for what is not sampled. */
  record(span: SpanRecord): void {
    if (span.context.isSampled) this.#sink.record(span);
  }

  /** Sends what is left, for a few seconds at most. */
  close(): Promise<void> {
    return this.#sink.close();
  }
}

/** Undefined when nobody is to be told: then nothing of OpenTelemetry is loaded either. */
export async function openTracing(
  settings: TracingSettings,
  options: { service: string; logger: Logger; timing?: SinkTiming },
): Promise<Tracing | undefined> {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_EXPORTER_OTLP_HEADERS: headers } = settings;
  if (endpoint === undefined) return undefined;
  const { createOtlpSink } = await import('./otlp-sink.ts');
  const sink = createOtlpSink({ ...options, endpoint, headers: parseHeaders(headers ?? '') });
  return new Tracing({ ratio: settings.OTEL_TRACES_SAMPLER_ARG, sink });
}

/** Values may be percent-encoded (OpenTelemetry's specification of the variable). */
function parseHeaders(text: string): Record<string, string> {
  return Object.fromEntries(
    text
      .split(',')
      .filter((pair) => pair !== '')
      .map((pair) => {
        const at = pair.indexOf('=');
        return [pair.slice(0, at).trim(), decode(pair.slice(at + 1).trim())];
      }),
  );
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
