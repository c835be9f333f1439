/**
 * How a runtime says to which call a printed line belongs: the line starts with RS (0x1e), the request id, US (0x1f).
 * See `docs/runtime-contract.md`. A function can forge it, but only in its own log.
 */
export function splitFramedLine(line: string): { requestId: string | null; text: string } {
  if (line.charCodeAt(0) !== 0x1e) return { requestId: null, text: line };
  const end = line.indexOf('\x1f');
  if (end < 0 || end > 65) return { requestId: null, text: line };
  return { requestId: line.slice(1, end), text: line.slice(end + 1) };
}
