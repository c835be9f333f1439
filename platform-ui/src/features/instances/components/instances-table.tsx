import Box from '@mui/material/Box';
import type { InstanceInfo } from '@plat/platform-kit/domain.ts';
import { formatBytes } from '@plat/platform-kit/quantities.ts';
import { DataTable, type Column } from '../../../components/data-table.tsx';
import { InstanceState, instanceState } from '../../../components/instance-state.tsx';
import { Link } from '../../../components/link.tsx';
import { TimeAgo } from '../../../components/time-ago.tsx';
import { paths } from '../../../paths.ts';
import { StopButton } from './stop-button.tsx';

const keyOf = (instance: InstanceInfo) => ({ project: instance.project, name: instance.function });

const COLUMNS: readonly Column<InstanceInfo>[] = [
  {
    id: 'function',
    header: 'Function',
    sortBy: ({ project, function: name, version }) => `${project}/${name} ${version}`,
    cell: (instance) => (
      <Box sx={{ minWidth: 110 }}>
        <Link to={paths.function(keyOf(instance))} color="text.primary" sx={{ fontWeight: 570, overflowWrap: 'anywhere' }}>
          {instance.project === 'default' ? instance.function : `${instance.project}/${instance.function}`}
        </Link>
        <Box sx={{ fontSize: 12, color: 'text.secondary', lineHeight: 1.3, overflowWrap: 'anywhere' }}>
          v{instance.version} · <code>{instance.id.slice(0, 12)}</code>
        </Box>
      </Box>
    ),
  },
  { id: 'state', header: 'State', sortBy: instanceState, width: 120, cell: (instance) => <InstanceState instance={instance} /> },
  { id: 'cpu', header: 'CPU', align: 'right', width: 96, from: 'sm', sortBy: ({ stats }) => stats?.cpuPercent ?? -1, cell: ({ stats }) => (stats ? <Figure>{`${stats.cpuPercent.toFixed(1)} %`}</Figure> : '–') },
  { id: 'memory', header: 'Memory', align: 'right', width: 190, from: 'sm', sortBy: ({ stats }) => stats?.memoryBytes ?? -1, cell: ({ stats }) => (stats ? <Memory {...stats} /> : '–') },
  { id: 'engine', header: 'Engine', width: 100, from: 'lg', sortBy: ({ engine }) => engine, cell: ({ engine }) => engine },
  { id: 'started', header: 'Started', align: 'right', width: 130, from: 'md', sortBy: ({ startedAt }) => startedAt ?? '', cell: ({ startedAt }) => (startedAt === null ? '–' : <TimeAgo at={startedAt} />) },
  { id: 'links', header: 'What it did', isHeaderHidden: true, align: 'right', width: 170, from: 'md', cell: (instance) => <Links instance={instance} /> },
  { id: 'stop', header: 'Stop', isHeaderHidden: true, align: 'right', width: 90, cell: (instance) => <StopButton of={keyOf(instance)} /> },
]; // prettier-ignore

export function InstancesTable(props: {
  instances: readonly InstanceInfo[];
  sort: string;
  onSort: (sort: string) => void;
}) {
  return (
    <DataTable
      label="Instances"
      rows={props.instances}
      columns={COLUMNS}
      rowKey={({ id }) => id}
      sort={props.sort}
      onSort={props.onSort}
      isDimmed={({ status }) => status !== 'running'}
    />
  );
}

function Memory({ memoryBytes, memoryLimitBytes }: { memoryBytes: number; memoryLimitBytes: number }) {
  return (
    <Figure>
      {memoryLimitBytes > 0
        ? `${formatBytes(memoryBytes)} of ${formatBytes(memoryLimitBytes)}`
        : formatBytes(memoryBytes)}
    </Figure>
  );
}

function Links({ instance }: { instance: InstanceInfo }) {
  const key = keyOf(instance);
  return (
    <Box sx={{ display: 'flex', gap: 1.5, justifyContent: 'flex-end' }}>
      <Link to={`${paths.functionExecutions(key)}?instance=${encodeURIComponent(instance.id)}`}>
        Executions
      </Link>
      <Link to={`${paths.logs(key)}?version=${instance.version}`}>Logs</Link>
    </Box>
  );
}

function Figure({ children }: { children: string }) {
  return <span style={{ whiteSpace: 'nowrap' }}>{children}</span>;
}
