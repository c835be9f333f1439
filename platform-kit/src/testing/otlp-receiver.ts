import { createServer, type IncomingHttpHeaders } from 'node:http';
import { json } from 'node:stream/consumers';
import { listen, type Running } from '../http-server.ts';

export type ReceivedSpan = {
  service: string;
  name: string;
  traceId: string;
  spanId: string;
  parentSpanId: string | undefined;
  startNs: bigint;
  endNs: bigint;
  attributes: Record<string, unknown>;
  error: string | undefined;
};

type Attribute = { key: string; value: Record<string, unknown> };
type Payload = {
  resourceSpans: {
    resource: { attributes: Attribute[] };
    scopeSpans: { spans: (Record<'name' | 'traceId' | 'spanId' | 'startTimeUnixNano' | 'endTimeUnixNano', string> & { parentSpanId?: string; attributes: Attribute[]; status: { message?: string } })[] }[];
  }[];
}; // prettier-ignore

/** A collector of traces for tests: takes OTLP as JSON over HTTP, and keeps what came. */
export class OtlpReceiver {
  readonly spans: ReceivedSpan[] = [];
  readonly requests: { url: string | undefined; headers: IncomingHttpHeaders }[] = [];
  /** Everything that came, as text. */
  text = '';
  #server!: Running;

  static async start(): Promise<OtlpReceiver> {
    const receiver = new OtlpReceiver();
    const server = createServer((req, res) => {
      receiver.requests.push({ url: req.url, headers: req.headers });
      void json(req).then((payload) => {
        receiver.#take(payload as Payload);
        res.setHeader('content-type', 'application/json').end('{}');
      });
    });
    receiver.#server = await listen(server, 'http://127.0.0.1:0', { drainMs: 0 });
    return receiver;
  }

  get url(): string {
    return this.#server.url;
  }

  of(traceId: string): ReceivedSpan[] {
    return this.spans.filter((span) => span.traceId === traceId);
  }

  /** The spans of a trace as lines, each below its parent and two spaces further in. */
  tree(traceId: string, parentSpanId?: string, indent = ''): string[] {
    return this.of(traceId)
      .filter((span) => span.parentSpanId === parentSpanId)
      .sort((a, b) => Number(a.startNs - b.startNs) || Number(b.endNs - a.endNs))
      .flatMap((span) => [
        `${indent}${span.service}: ${span.name}`,
        ...this.tree(traceId, span.spanId, `${indent}  `),
      ]);
  }

  close(): Promise<void> {
    return this.#server.close();
  }

  #take(payload: Payload): void {
    this.text += JSON.stringify(payload);
    for (const { resource, scopeSpans } of payload.resourceSpans)
      for (const span of scopeSpans.flatMap(({ spans }) => spans))
        this.spans.push({
          service: String(toRecord(resource.attributes)['service.name']),
          name: span.name,
          traceId: span.traceId,
          spanId: span.spanId,
          parentSpanId: span.parentSpanId,
          startNs: BigInt(span.startTimeUnixNano),
          endNs: BigInt(span.endTimeUnixNano),
          attributes: toRecord(span.attributes),
          error: span.status.message,
        });
  }
}

function toRecord(attributes: readonly Attribute[]): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}
