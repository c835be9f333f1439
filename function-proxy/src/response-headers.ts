import { isHopHeader, namedByConnection } from '@plat/platform-kit/hop-headers.ts';
import type { AnswerHead } from '@plat/platform-kit/upstream/answer-head.ts';

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

/** Of an instance's answer what {@link takeResponseHeaders} looks at. */
export type ReceivedHeaders = Pick<AnswerHead, 'headers' | 'hasLength' | 'connection'>;

/**
 * The headers the caller gets, flat (names and values in turn): the instance's without those of one hop, without `x-plat-*`
 * (read into `report`), with our request id.
 */
export function takeResponseHeaders(
  { headers: received, hasLength, connection }: ReceivedHeaders,
  report: CallReport,
  { status, requestId, isChunked }: AnswerFraming,
): string[] {
  const headers = ['x-request-id', requestId];
  const named = namedByConnection(connection);
  const hasTrailer = isChunked && status !== 304 && status !== 204 && !hasLength;
  for (let i = 0; i < received.length; i += 2) {
    const name = received[i]!;
    if (isHopHeader(name) || name === 'x-request-id' || named?.has(name)) continue;
    if (name.startsWith('x-plat-')) readReport(report, name, received[i + 1]!);
    else if (name === 'trailer' && !hasTrailer) continue;
    // RFC 9110, section 8.6.
    else if (name === 'content-length' && status === 204) continue;
    else headers.push(name, received[i + 1]!);
  }
  return headers;
}

/** The trailers the caller gets; the platform's own are read into `report`. Undefined when none are left. */
export function takeTrailers(
  received: readonly string[],
  report: CallReport,
): [name: string, value: string][] | undefined {
  let kept: [string, string][] | undefined;
  for (let i = 0; i < received.length; i += 2) {
    const name = received[i]!;
    if (name.startsWith('x-plat-')) readReport(report, name, received[i + 1]!);
    else if (!isHopHeader(name)) (kept ??= []).push([name, received[i + 1]!]);
  }
  return kept;
}

function readReport(report: CallReport, name: string, text: string): void {
  if (name === 'x-plat-outcome') {
    if (text === 'ok' || text === 'error' || text === 'invalid') report.outcome = text;
  } else if (/^\d{1,15}$/.test(text)) {
    if (name === 'x-plat-cpu-us') report.cpuUs = Number(text);
    if (name === 'x-plat-memory-bytes') report.memoryBytes = Number(text);
  }
}
