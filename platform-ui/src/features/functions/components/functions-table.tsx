import { memo } from 'react';
import Box from '@mui/material/Box';
import Skeleton from '@mui/material/Skeleton';
import Typography from '@mui/material/Typography';
import type { FunctionView } from '@plat/platform-kit/api/views.ts';
import { DataTable, type Column } from '../../../components/data-table.tsx';
import { Link } from '../../../components/link.tsx';
import { Sparkline } from '../../../components/sparkline.tsx';
import { TimeAgo } from '../../../components/time-ago.tsx';
import { formatCompact, formatMs, formatShare } from '../../../format/numbers.ts';
import { paths } from '../../../paths.ts';
import { failureRate, liveVersion, type FunctionRow } from './filter-functions.ts';
import { FunctionActions } from './function-actions.tsx';
import { FunctionStatus } from './function-status.tsx';

type Cell = (row: FunctionRow) => React.ReactNode;

/** `isKnown`: what became of the calls is known; until then its cells are empty, and as wide. */
const columns = (isKnown: boolean): readonly Column<FunctionRow>[] => {
  const later = (cell: Cell): Cell => (isKnown ? cell : () => <Skeleton sx={{ ml: 'auto', maxWidth: 48 }} />);
  return [
    {
      id: 'name',
      header: 'Name',
      sortBy: ({ view: { name, project } }) => `${name} ${project}`,
      cell: ({ view }) => <Name view={view} />,
    },
    { id: 'status', header: 'Status', sortBy: ({ view }) => view.status, cell: ({ view }) => <FunctionStatus status={view.status} />, width: 120 },
    { id: 'trend', header: 'Trend', from: 'md', width: 124, cell: later(({ use }) => use?.trend && <Sparkline trend={use.trend} />) },
    { id: 'calls', header: 'Calls', from: 'sm', align: 'right', width: 80, sortBy: ({ use }) => use?.calls ?? 0, cell: later(({ use }) => formatCompact(use?.calls ?? 0)) },
    { id: 'failed', header: 'Failed', from: 'sm', align: 'right', width: 84, sortBy: ({ use }) => failureRate(use) ?? -1, cell: later(({ use }) => <Rate share={failureRate(use)} />) },
    { id: 'p95', header: 'p95', from: 'md', align: 'right', width: 88, sortBy: ({ use }) => use?.p95Ms ?? -1, cell: later(({ use }) => (use?.p95Ms == null ? '–' : <Figure>{formatMs(use.p95Ms)}</Figure>)) },
    { id: 'last', header: 'Last call', from: 'sm', align: 'right', width: 116, sortBy: ({ use }) => use?.lastAt ?? '', cell: later(({ use }) => (use ? <TimeAgo at={use.lastAt} /> : <Figure>never</Figure>)) },
    { id: 'version', header: 'Version', from: 'lg', align: 'right', sortBy: ({ view }) => liveVersion(view) ?? 0, cell: ({ view }) => <LiveVersion view={view} />, width: 88 },
    { id: 'runtime', header: 'Runtime', from: 'xl', sortBy: ({ view }) => view.live?.runtime ?? '', cell: ({ view }) => view.live?.runtime ?? '–', width: 140 },
    { id: 'updated', header: 'Changed', from: 'xl', align: 'right', sortBy: ({ view }) => view.updatedAt, cell: ({ view }) => <TimeAgo at={view.updatedAt} />, width: 130 },
    { id: 'actions', header: 'Actions', isHeaderHidden: true, align: 'right', cell: ({ view }) => <FunctionActions view={view} />, width: 56 },
  ];
}; // prettier-ignore

const KNOWN = columns(true);
const UNKNOWN = columns(false);

export const FunctionsTable = memo(function FunctionsTable(props: {
  rows: readonly FunctionRow[];
  isUseKnown: boolean;
  sort: string;
  onSort: (sort: string) => void;
}) {
  return (
    <DataTable
      label="Functions"
      rows={props.rows}
      columns={props.isUseKnown ? KNOWN : UNKNOWN}
      rowKey={({ view }) => view.id}
      sort={props.sort}
      onSort={props.onSort}
      isDimmed={({ view }) => view.state === 'stopped'}
    />
  );
});

function Name({ view }: { view: FunctionView }) {
  return (
    <Box sx={{ minWidth: { xs: 100, sm: 150 } }}>
      <Link
        to={paths.function(view)}
        color="text.primary"
        sx={{ fontWeight: 570, overflowWrap: 'anywhere', lineHeight: 1.4 }}
      >
        {view.name}
      </Link>
      <Typography variant="caption" component="div" color="textSecondary" sx={{ lineHeight: 1.3 }}>
        {view.project}
      </Typography>
    </Box>
  );
}

function LiveVersion({ view }: { view: FunctionView }) {
  const live = liveVersion(view);
  if (live === null) return '–';
  return <Link to={paths.version(view, live)} color="inherit">{`v${live}`}</Link>;
}

function Rate({ share }: { share: number | null }) {
  if (share === null) return '–';
  return (
    <Box
      component="span"
      sx={{
        whiteSpace: 'nowrap',
        ...(share > 0 && { color: 'error.main', fontWeight: 550 }),
      }}
    >
      {formatShare(share)}
    </Box>
  );
}

function Figure({ children }: { children: string }) {
  return <span style={{ whiteSpace: 'nowrap' }}>{children}</span>;
}
