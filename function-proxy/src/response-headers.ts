import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
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

/** The headers the caller gets: the instance's without those of one hop, without `x-plat-*` (read into `report`), with our request id. */
export function takeResponseHeaders(
  received: IncomingHttpHeaders,
  report: CallReport,
  status: number,
): OutgoingHttpHeaders {
  const headers: OutgoingHttpHeaders = {};
  const named = namedByConnection(received.connection);
  for (const name in received) {
    if (isHopHeader(name) || name === 'x-request-id' || named?.has(name)) continue;
    if (name.startsWith('x-plat-')) readReport(report, name, received[name]);
    else headers[name] = received[name];
  }
  // A trailer needs chunks to follow (RFC 9110, section 6.5); a 204 has no length at all (section 8.6).
  if (headers['content-length'] !== undefined) delete headers.trailer;
  if (status === 204) delete headers['content-length'];
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
