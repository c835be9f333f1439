import type { LogLine } from '@plat/platform-kit/domain.ts';

/** Lines of one stream (`''`: of both) that have all words of `search`, whatever their case. */
export function filterLines(
  lines: readonly LogLine[],
  { search, stream }: { search: string; stream: string },
): readonly LogLine[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0 && stream === '') return lines;
  return lines.filter((line) => {
    if (stream !== '' && line.stream !== stream) return false;
    const text = line.text.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
