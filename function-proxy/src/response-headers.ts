import type { IncomingHttpHeaders } from 'node:http';
import { isHopHeader, namedByConnection } from '@plat/platform-kit/hop-headers.ts';

/** What an instance tells the platform about a call, in `x-plat-*` headers or trailers. */
export type CallReport = {
  outcome: 'ok' | 'error' | 'invalid' | undefined;
  cpuUs: number | undefined;
  memoryBytes: number | undefined;
};

export function emptyReport(): CallReport {
  return { outcome: undefined, cpuUs: undefined, memoryBytes: undefined };
}

/**
 * `isChunked`: whether an answer of unknown length goes to this caller in chunks. Trailers need them (RFC 9110, section
 * 6.5), and Node refuses a head that announces trailers without.
 */
export type AnswerFraming = { status: number; requestId: string; isChunked: boolean };

/**
 * The headers the caller gets, flat (names and values in turn): the instance's without those of one hop, without `x-plat-*`
 * (read into `report`), with our request id.
 */
export function takeResponseHeaders(
  received: IncomingHttpHeaders,
  report: CallReport,
  { status, requestId, isChunked }: AnswerFraming,
): string[] {
  const headers = ['x-request-id', requestId];
  const named = namedByConnection(received.connection);
  const hasTrailer =
    isChunked && status !== 304 && status !== 204 && received['content-length'] === undefined;
  for (const name in received) {
    if (isHopHeader(name) || name === 'x-request-id' || named?.has(name)) continue;
    const value = received[name];
    if (name.startsWith('x-plat-')) readReport(report, name, value);
    else if (name === 'trailer' && !hasTrailer) continue;
    // RFC 9110, section 8.6.
    else if (name === 'content-length' && status === 204) continue;
    else if (typeof value === 'string') headers.push(name, value);
    else for (const one of value ?? []) headers.push(name, one);
  }
  return headers;
}

/** The trailers the caller gets; the platform's own are read into `report`. Undefined when none are left. */
export function takeTrailers(
  received: IncomingHttpHeaders | undefined,
  report: CallReport,
): Record<string, string> | undefined {
  let kept: Record<string, string> | undefined;
  for (const name in received) {
    if (name.startsWith('x-plat-')) readReport(report, name, received[name]);
    else if (!isHopHeader(name)) kept = { ...kept, [name]: String(received[name]) };
  }
  return kept;
}

function readReport(report: CallReport, name: string, value: string | string[] | undefined): void {
  const text = String(value);
  if (name === 'x-plat-outcome') {
    if (text === 'ok' || text === 'error' || text === 'invalid') report.outcome = text;
  } else if (/^\d{1,15}$/.test(text)) {
    if (name === 'x-plat-cpu-us') report.cpuUs = Number(text);
    if (name === 'x-plat-memory-bytes') report.memoryBytes = Number(text);
  }
}
