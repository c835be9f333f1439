import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import type { Execution } from '@plat/platform-kit/domain.ts';
import { formatBytes } from '@plat/platform-kit/quantities.ts';
import { DataTable, type Column } from '../../../components/data-table.tsx';
import { Link } from '../../../components/link.tsx';
import { TimeAgo } from '../../../components/time-ago.tsx';
import { formatMs } from '../../../format/numbers.ts';
import { formatClock } from '../../../format/time.ts';
import { paths } from '../../../paths.ts';
import { StatusMark } from '../../../components/outcome-mark.tsx';
import { startWords } from './start-words.ts';

const call = (isOfOne: boolean): Column<Execution> => ({
  id: 'call',
  header: 'Call',
  cell: (execution) => (
    <Box sx={{ minWidth: 120, maxWidth: { xs: 180, sm: 360, xl: 640 } }}>
      <Link to={paths.execution(execution.id)} color="text.primary" sx={ELLIPSIS} title={execution.path}>
        <Box component="span" sx={{ color: 'text.secondary', fontWeight: 500 }}>{execution.method}</Box>{' '}
        {execution.path}
      </Link>
      <Typography variant="caption" component="div" color="textSecondary" sx={{ ...ELLIPSIS, fontWeight: 400, lineHeight: 1.3 }}>
        {!isOfOne && <Box component="span" sx={{ display: { sm: 'none' } }}>{nameOf(execution)} · </Box>}
        {execution.errorMessage ?? formatClock(execution.startedAt)}
      </Typography>
    </Box>
  ),
}); // prettier-ignore

const OF: Column<Execution> = {
  id: 'function',
  header: 'Function',
  from: 'sm',
  cell: (execution) => (
    <Link
      to={paths.functionExecutions({ project: execution.project, name: execution.function })}
      color="inherit"
      sx={{ overflowWrap: 'anywhere' }}
    >
      {nameOf(execution)}
    </Link>
  ),
};

const FACTS: readonly Column<Execution>[] = [
  { id: 'status', header: 'Status', width: 130, cell: (execution) => <StatusMark execution={execution} /> },
  { id: 'version', header: 'Version', from: 'lg', align: 'right', width: 80, cell: ({ version }) => (version === null ? '–' : `v${version}`) },
  { id: 'start', header: 'Start', from: 'md', width: 170, cell: (execution) => startWords(execution) },
  { id: 'waited', header: 'Waited', from: 'lg', align: 'right', width: 96, cell: ({ queueMs }) => <Figure>{formatMs(queueMs)}</Figure> },
  { id: 'took', header: 'Took', from: 'sm', align: 'right', width: 96, cell: ({ durationMs }) => <Figure>{formatMs(durationMs)}</Figure> },
  { id: 'cpu', header: 'CPU', from: 'xl', align: 'right', width: 96, cell: ({ cpuMs }) => (cpuMs === null ? '–' : <Figure>{formatMs(cpuMs)}</Figure>) },
  { id: 'memory', header: 'Memory', from: 'xl', align: 'right', width: 96, cell: ({ memoryBytes }) => (memoryBytes === null ? '–' : <Figure>{formatBytes(memoryBytes)}</Figure>) },
  { id: 'when', header: 'When', from: 'sm', align: 'right', width: 110, cell: ({ startedAt }) => <TimeAgo at={startedAt} /> },
]; // prettier-ignore

const OF_ALL = [call(false), OF, ...FACTS];
const OF_ONE = [call(true), ...FACTS];

export function ExecutionsTable({
  executions,
  isOfOne,
}: {
  executions: readonly Execution[];
  isOfOne: boolean;
}) {
  return (
    <DataTable
      label="Executions"
      rows={executions}
      columns={isOfOne ? OF_ONE : OF_ALL}
      rowKey={({ id }) => id}
    />
  );
}

function nameOf({ project, function: name }: Execution): string {
  return project === 'default' ? name : `${project}/${name}`;
}

function Figure({ children }: { children: string }) {
  return <span style={{ whiteSpace: 'nowrap' }}>{children}</span>;
}

const ELLIPSIS = {
  display: 'block',
  overflow: 'hidden',
  textOverflow: 'ellipsis',
  whiteSpace: 'nowrap',
  fontWeight: 560,
} as const;
