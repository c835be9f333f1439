import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import type { FunctionView } from '@plat/platform-kit/api/views.ts';
import { DataTable, type Column } from '../../../components/data-table.tsx';
import { Link } from '../../../components/link.tsx';
import { TimeAgo } from '../../../components/time-ago.tsx';
import { formatMemory } from '../../../format/numbers.ts';
import { paths } from '../../../paths.ts';
import { liveVersion } from './filter-functions.ts';
import { FunctionActions } from './function-actions.tsx';
import { FunctionStatus } from './function-status.tsx';

const COLUMNS: readonly Column<FunctionView>[] = [
  {
    id: 'name',
    header: 'Name',
    sortBy: ({ name, project }) => `${name} ${project}`,
    cell: (view) => (
      <Box sx={{ minWidth: 0 }}>
        <Link to={paths.function(view)} color="text.primary" sx={{ fontWeight: 570, overflowWrap: 'anywhere', lineHeight: 1.4 }}>
          {view.name}
        </Link>
        <Typography variant="caption" component="div" color="textSecondary" sx={{ lineHeight: 1.3 }}>
          {view.project}
        </Typography>
      </Box>
    ),
  },
  { id: 'status', header: 'Status', sortBy: ({ status }) => status, cell: ({ status }) => <FunctionStatus status={status} />, width: 130 },
  { id: 'runtime', header: 'Runtime', from: 'sm', sortBy: ({ live }) => live?.runtime ?? '', cell: ({ live }) => live?.runtime ?? '–', width: 150 },
  { id: 'version', header: 'Version', from: 'sm', align: 'right', sortBy: (view) => liveVersion(view) ?? 0, cell: (view) => <LiveVersion view={view} />, width: 100 },
  { id: 'memory', header: 'Memory', from: 'lg', align: 'right', sortBy: ({ live }) => live?.memoryMb ?? 0, cell: ({ live }) => (live ? formatMemory(live.memoryMb) : '–'), width: 100 },
  { id: 'updated', header: 'Changed', from: 'md', align: 'right', sortBy: ({ updatedAt }) => updatedAt, cell: ({ updatedAt }) => <TimeAgo at={updatedAt} />, width: 140 },
  { id: 'actions', header: 'Actions', isHeaderHidden: true, align: 'right', cell: (view) => <FunctionActions view={view} />, width: 56 },
]; // prettier-ignore

export function FunctionsTable(props: {
  functions: readonly FunctionView[];
  sort: string;
  onSort: (sort: string) => void;
}) {
  return (
    <DataTable
      label="Functions"
      rows={props.functions}
      columns={COLUMNS}
      rowKey={({ id }) => id}
      sort={props.sort}
      onSort={props.onSort}
      isDimmed={({ state }) => state === 'stopped'}
    />
  );
}

function LiveVersion({ view }: { view: FunctionView }) {
  const live = liveVersion(view);
  if (live === null) return '–';
  return <Link to={paths.version(view, live)} color="inherit">{`v${live}`}</Link>;
}
