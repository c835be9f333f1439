import { randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

/** Where a request stands in its trace (W3C Trace Context): `spanId` is the span that whoever gets it is a child of. */
export type TraceContext = { traceId: string; spanId: string; isSampled: boolean };

export const TRACEPARENT = 'traceparent';
const FORM = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const SAMPLED = 1;

/** What a `traceparent` says; undefined when there is none, or none that can be understood. */
export function readTraceparent(headers: IncomingHttpHeaders): TraceContext | undefined {
  const header = headers[TRACEPARENT];
  if (typeof header !== 'string') return undefined;
  const [, version, traceId, spanId, flags, more] = FORM.exec(header) ?? [];
  if (traceId === undefined || spanId === undefined || version === 'ff') return undefined;
  if (version === '00' && more !== undefined) return undefined;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  return { traceId, spanId, isSampled: (parseInt(flags!, 16) & SAMPLED) !== 0 };
}

export function toTraceparent({ traceId, spanId, isSampled }: TraceContext): string {
  return `00-${traceId}-${spanId}-${isSampled ? '01' : '00'}`;
}

/**
 * The next step of a trace, or the first of a new one: then `ratio` (0 to 1) of them are sampled. Whoever began a trace
 * has decided for all that follows.
 */
export function nextSpan(
  parent: TraceContext | undefined,
  ratio: number,
  random: () => number = Math.random,
): TraceContext {
  const { traceId, isSampled } = parent ?? { traceId: hex(16), isSampled: random() < ratio };
  return { traceId, spanId: hex(8), isSampled };
}

/** Makes `context` what the request says of itself, in every view of its headers. */
export function setTraceparent(req: IncomingMessage, context: TraceContext): void {
  const isNew = readTraceparent(req.headers)?.traceId !== context.traceId;
  const rawHeaders: string[] = [];
  for (let i = 0; i < req.rawHeaders.length; i += 2) {
    const name = req.rawHeaders[i]!.toLowerCase();
    // Vendors' own part belongs to the trace that it came with.
    if (name === TRACEPARENT || (isNew && name === 'tracestate')) continue;
    rawHeaders.push(req.rawHeaders[i]!, req.rawHeaders[i + 1]!);
  }
  const value = toTraceparent(context);
  rawHeaders.push(TRACEPARENT, value);
  if (isNew) delete req.headers['tracestate'];
  req.headers[TRACEPARENT] = value;
  req.rawHeaders = rawHeaders;
}

function hex(bytes: number): string {
  return randomBytes(bytes).toString('hex');
}
