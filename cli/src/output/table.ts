import widthOf from 'fast-string-truncated-width';

const GAP = '  ';

/**
 * Rows as aligned columns, without space at the ends of lines. With `columns` no line is wider than that; what does not
 * fit ends in `…`. Control characters in cells become spaces.
 */
export function formatTable(
  rows: readonly (readonly string[])[],
  options: { columns?: number | undefined } = {},
): string {
  const cells = rows.map((row) => row.map(printable));
  const widths: number[] = [];
  for (const row of cells) row.forEach((cell, i) => (widths[i] = Math.max(widths[i] ?? 0, width(cell))));
  return cells
    .map((row) => {
      const line = row
        .map((cell, i) => (i === row.length - 1 ? cell : cell + ' '.repeat(widths[i]! - width(cell))))
        .join(GAP)
        .trimEnd();
      return `${truncate(line, options.columns)}\n`;
    })
    .join('');
}

/** Cuts text to `columns` columns of a terminal; wide characters count as two. */
export function truncate(text: string, columns: number | undefined): string {
  if (columns === undefined) return text;
  const cut = widthOf(text, { limit: columns, ellipsis: '…', ellipsisWidth: 1 });
  return cut.truncated ? `${text.slice(0, cut.index)}${cut.ellipsed ? '…' : ''}` : text;
}

function width(text: string): number {
  return widthOf(text).width;
}

function printable(cell: string): string {
  // eslint-disable-next-line no-control-regex
  return cell.replace(/[\x00-\x1f\x7f-\x9f]+/g, ' ');
}
