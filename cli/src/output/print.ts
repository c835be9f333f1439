import type { Context } from '../context.ts';
import { formatTable } from './table.ts';

export type Column<T> = { title: string; value: (item: T) => string | number | null; isWide?: boolean };

/**
 * A list on standard output. Tables are for people; `json` and `yaml` are the API's own objects as one array; `name`
 * is one name a line.
 */
export async function printList<T>(
  context: Context,
  list: { items: T[]; columns: Column<T>[]; name: (item: T) => string; empty: string },
): Promise<void> {
  const { items, name } = list;
  if (await printData(context, items, () => items.map((item) => `${name(item)}\n`).join(''))) return;
  if (items.length === 0) {
    if (!context.isQuiet) await context.err.write(`${list.empty}\n`);
    return;
  }
  const columns = list.columns.filter((column) => !column.isWide || context.format === 'wide');
  const rows = items.map((item) => columns.map((column) => String(column.value(item) ?? '-')));
  const text = formatTable([columns.map((column) => column.title), ...rows], {
    columns: context.format === 'wide' ? undefined : context.out.columns,
  });
  const end = text.indexOf('\n');
  await context.out.write(context.outColors.bold(text.slice(0, end)) + text.slice(end));
}

/** One object: rows of label and value for people, else the API's own object. */
export async function printObject(
  context: Context,
  object: {
    value: unknown;
    name: string;
    rows: [label: string, value: string | number | null | undefined][];
  },
): Promise<void> {
  if (await printData(context, object.value, () => `${object.name}\n`)) return;
  const rows = object.rows.flatMap(([label, value]) =>
    value === undefined ? [] : [[`${label}:`, String(value ?? '-')]],
  );
  await context.out.write(formatTable(rows));
}

/** Prints in a format for programs; false when the format is one for people and nothing was printed. */
export async function printData(context: Context, value: unknown, names: () => string): Promise<boolean> {
  switch (context.format) {
    case 'json':
      await context.out.write(`${JSON.stringify(value, null, 2)}\n`);
      return true;
    case 'yaml': {
      const { stringify } = await import('yaml');
      await context.out.write(stringify(value, { aliasDuplicateObjects: false }));
      return true;
    }
    case 'name':
      await context.out.write(names());
      return true;
    case 'table':
    case 'wide':
      return false;
  }
}

/** Plain text for people, the object itself for programs. */
export async function printText(
  context: Context,
  text: string,
  object: { value: unknown; name: string },
): Promise<void> {
  if (await printData(context, object.value, () => `${object.name}\n`)) return;
  await context.out.write(`${text}\n`);
}
