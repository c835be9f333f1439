import { useRef, useState, type ReactNode } from 'react';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Table from '@mui/material/Table';
import TableBody from '@mui/material/TableBody';
import TableCell from '@mui/material/TableCell';
import TableHead from '@mui/material/TableHead';
import TableRow from '@mui/material/TableRow';
import TableSortLabel from '@mui/material/TableSortLabel';
import { formatCount } from '../format/numbers.ts';
import { useShortcut } from './shortcuts.tsx';

export type Column<T> = {
  id: string;
  header: string;
  cell: (row: T) => ReactNode;
  /** Makes the column one to sort by. */
  sortBy?: (row: T) => string | number;
  align?: 'right';
  /** Narrower windows leave it out. */
  from?: 'sm' | 'md' | 'lg' | 'xl';
  width?: number | string;
  /** The header is for screen readers alone. */
  isHeaderHidden?: boolean;
};

/** `name`, or `-name` for the other way round. */
export type SortKey = string;

const PAGE_ROWS = 100;
const HIDDEN = {
  position: 'absolute',
  width: '1px',
  height: '1px',
  overflow: 'hidden',
  clipPath: 'inset(50%)',
} as const;

/** Fainter than the rest, and still to be read. */
const DIMMED = { '& td, & td *': { color: 'text.secondary' } } as const;

/**
 * A list of things. `j` and `k` go through the rows' first links, which `Enter` follows; long lists are shown piece by piece.
 */
export function DataTable<T>(props: {
  label: string;
  rows: readonly T[];
  columns: readonly Column<T>[];
  rowKey: (row: T) => string;
  sort?: SortKey;
  onSort?: (sort: SortKey) => void;
  isDimmed?: (row: T) => boolean;
}) {
  const { label, columns, rowKey, sort, onSort } = props;
  const body = useRef<HTMLTableSectionElement>(null);
  const [limit, setLimit] = useState(PAGE_ROWS);
  const rows = sort === undefined ? props.rows : sortRows(props.rows, columns, sort);
  const shown = rows.slice(0, limit);
  useShortcut('j', 'Next row', () => moveFocus(body.current, 1));
  useShortcut('k', 'Row before', () => moveFocus(body.current, -1));
  const sortId = sort?.replace(/^-/, '');
  const direction = sort?.startsWith('-') ? 'desc' : 'asc';
  return (
    <Box
      sx={{
        border: 1,
        borderColor: 'divider',
        borderRadius: '10px',
        bgcolor: 'background.paper',
        overflowX: 'auto',
      }}
    >
      <Table aria-label={label} sx={{ '& tbody tr:last-of-type td': { borderBottom: 0 } }}>
        <TableHead>
          <TableRow>
            {columns.map((column) => (
              <TableCell
                key={column.id}
                align={column.align ?? 'left'}
                sx={{ display: visibleFrom(column.from), width: column.width, whiteSpace: 'nowrap' }}
                sortDirection={sortId === column.id ? direction : false}
              >
                {column.sortBy && onSort ? (
                  <TableSortLabel
                    active={sortId === column.id}
                    direction={sortId === column.id ? direction : 'asc'}
                    onClick={() => onSort(sort === column.id ? `-${column.id}` : column.id)}
                  >
                    {column.header}
                  </TableSortLabel>
                ) : column.isHeaderHidden ? (
                  <Box component="span" sx={HIDDEN}>
                    {column.header}
                  </Box>
                ) : (
                  column.header
                )}
              </TableCell>
            ))}
          </TableRow>
        </TableHead>
        <TableBody ref={body}>
          {shown.map((row) => (
            <TableRow key={rowKey(row)} hover sx={{ height: 46, ...(props.isDimmed?.(row) && DIMMED) }}>
              {columns.map((column) => (
                <TableCell
                  key={column.id}
                  align={column.align ?? 'left'}
                  sx={{ display: visibleFrom(column.from) }}
                >
                  {column.cell(row)}
                </TableCell>
              ))}
            </TableRow>
          ))}
        </TableBody>
      </Table>
      {rows.length > limit && (
        <Box sx={{ p: 1, borderTop: 1, borderColor: 'divider', textAlign: 'center' }}>
          <Button color="inherit" onClick={() => setLimit(limit + PAGE_ROWS)}>
            Show more ({formatCount(rows.length - limit)} are left)
          </Button>
        </Box>
      )}
    </Box>
  );
}

function visibleFrom(from: Column<unknown>['from']) {
  return from === undefined ? 'table-cell' : { xs: 'none', [from]: 'table-cell' };
}

export function sortRows<T>(rows: readonly T[], columns: readonly Column<T>[], sort: SortKey): readonly T[] {
  const sortBy = columns.find(({ id }) => id === sort.replace(/^-/, ''))?.sortBy;
  if (!sortBy) return rows;
  const sign = sort.startsWith('-') ? -1 : 1;
  return rows.toSorted((a, b) => sign * compare(sortBy(a), sortBy(b)));
}

const COLLATOR = new Intl.Collator('en', { numeric: true });

function compare(a: string | number, b: string | number): number {
  return typeof a === 'string' && typeof b === 'string' ? COLLATOR.compare(a, b) : a < b ? -1 : a > b ? 1 : 0;
}

function moveFocus(body: HTMLElement | null, step: 1 | -1): void {
  const links = [...(body?.querySelectorAll<HTMLElement>('tr') ?? [])].flatMap(
    (row) => row.querySelector<HTMLElement>('a[href]') ?? [],
  );
  const at = links.findIndex((link) => link.closest('tr')?.contains(document.activeElement));
  const next = links[at < 0 ? 0 : Math.min(Math.max(at + step, 0), links.length - 1)];
  next?.focus();
  next?.scrollIntoView({ block: 'nearest' });
}
