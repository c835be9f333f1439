import type { LogLine } from '@plat/platform-kit/domain.ts';

/** Most lines that a page keeps; older ones make room for new ones. */
export const KEPT_LINES = 2000;

export type LineBuffer = { lines: readonly LogLine[]; dropped: number };

export const NO_LINES: LineBuffer = { lines: [], dropped: 0 };

/** The buffer with `more` at its end. */
export function addLines(buffer: LineBuffer, more: readonly LogLine[], limit = KEPT_LINES): LineBuffer {
  const lines = [...buffer.lines, ...more];
  const over = Math.max(lines.length - limit, 0);
  return { lines: over === 0 ? lines : lines.slice(over), dropped: buffer.dropped + over };
}

/** Tells new lines from those that a stream repeats which begins again at the time of the last known line. */
export function newLines({ lines }: LineBuffer): (line: LogLine) => boolean {
  const since = lines.at(-1)?.at;
  const known = lines.filter(({ at }) => at === since);
  return (line) => {
    if (line.at !== since) return true;
    const at = known.findIndex(({ instance, text }) => instance === line.instance && text === line.text);
    if (at >= 0) known.splice(at, 1);
    return at < 0;
  };
}
