import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import type { PooledContainer } from '@plat/platform-kit/domain.ts';
import { formatBytes } from '@plat/platform-kit/quantities.ts';
import { DataTable, type Column } from '../../../components/data-table.tsx';
import { TimeAgo } from '../../../components/time-ago.tsx';
import { useUrlState } from '../../../components/url-state.ts';
import { useCapacity } from '../../system/api/use-capacity.ts';
import { usePools } from '../api/use-pools.ts';

const STATES: Record<PooledContainer['state'], string> = {
  warm: 'waits for a function',
  starting: 'starting',
  useless: 'being removed',
};

const COLUMNS: readonly Column<PooledContainer>[] = [
  { id: 'runtime', header: 'Runtime', sortBy: ({ runtime }) => runtime, cell: ({ id, runtime }) => <>{runtime} · <code>{id.slice(0, 12)}</code></> },
  { id: 'project', header: 'Project', sortBy: ({ project }) => project, cell: ({ project }) => project },
  { id: 'memory', header: 'Memory', align: 'right', width: 110, sortBy: ({ memoryMb }) => memoryMb, cell: ({ memoryMb }) => `${memoryMb} MB` },
  { id: 'state', header: 'State', sortBy: ({ state }) => state, cell: ({ state }) => STATES[state] },
  { id: 'created', header: 'Started', align: 'right', width: 130, from: 'md', sortBy: ({ createdAt }) => createdAt, cell: ({ createdAt }) => <TimeAgo at={createdAt} /> },
]; // prettier-ignore

const MIB = 1024 * 1024;

/** Containers that run without a function, for the next cold start; nothing when there are none. */
export function PoolsSection() {
  const { data } = usePools();
  const budget = useCapacity().data?.capacity?.budget;
  const [sort, setSort] = useUrlState('pools', 'runtime');
  if (!data || data.length === 0) return null;
  return (
    <Box component="section" sx={{ mt: 4 }}>
      <Typography variant="h2" sx={{ mb: 0.5 }}>
        Pools
      </Typography>
      <Typography variant="body2" color="textSecondary" sx={{ mb: 1.5 }}>
        Runtimes without a function. The next function of the project that wakes takes one instead of waiting
        for a start.
        {budget &&
          ` All pools hold ${formatBytes(budget.pooled.memoryMb * MIB)} of the ${formatBytes(budget.memoryMb.limit * MIB)} that instances may take, and give it up when one wants it.`}
      </Typography>
      <DataTable
        label="Pools"
        rows={data}
        columns={COLUMNS}
        rowKey={({ id }) => id}
        sort={sort}
        onSort={setSort}
        isDimmed={({ state }) => state !== 'warm'}
      />
    </Box>
  );
}
