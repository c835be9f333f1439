import Skeleton from '@mui/material/Skeleton';
import type { Budget } from '@plat/platform-kit/api/metrics-api.ts';
import { formatBytes } from '@plat/platform-kit/quantities.ts';
import { Facts } from '../../../components/facts.tsx';
import { Panel } from '../../../components/panel.tsx';
import { QueryView } from '../../../components/query-view.tsx';
import { formatCount } from '../../../format/numbers.ts';
import { useCapacity } from '../api/use-capacity.ts';

/** What the host has, and what all instances together use of it. */
export function CapacityPanel() {
  const query = useCapacity();
  return (
    <Panel title="Capacity">
      <QueryView query={query} skeleton={<Skeleton variant="rounded" height={110} />}>
        {({ capacity, recording }) => (
          <Facts
            facts={[
              ['Cores', capacity?.cpus == null ? 'unknown' : formatCount(capacity.cpus)],
              ['Memory', capacity?.memoryBytes == null ? 'unknown' : formatBytes(capacity.memoryBytes)],
              ['CPU in use', capacity?.cpuPercent == null ? 'unknown' : `${capacity.cpuPercent.toFixed(1)} % of one core`],
              ['Memory in use', capacity?.usedMemoryBytes == null ? 'unknown' : formatBytes(capacity.usedMemoryBytes)],
              ...budgetFacts(capacity?.budget),
              ['Records lost', recording === null ? 'unknown' : formatCount(recording.lost)],
            ]}
          />
        )}
      </QueryView>
    </Panel>
  );
} // prettier-ignore

const MIB = 1024 * 1024;

/** What instances are allotted by their limits, whether they use it or not. */
function budgetFacts(budget: Budget | null | undefined): [string, string][] {
  if (!budget) return [['Allotted', 'unknown']];
  const { memoryMb, cpus, pids, pooled } = budget;
  return [
    ['Memory allotted', `${formatBytes(memoryMb.used * MIB)} of ${formatBytes(memoryMb.limit * MIB)}`],
    ['CPU allotted', `${formatCount(cpus.used)} of ${formatCount(cpus.limit)} cores`],
    ['Processes allotted', `${formatCount(pids.used)} of ${formatCount(pids.limit)}`],
    [
      'Of that in pools',
      pooled.containers === 0
        ? 'nothing'
        : `${formatBytes(pooled.memoryMb * MIB)} for ${formatCount(pooled.containers)} containers`,
    ],
    ['Starts waiting for room', formatCount(budget.waiting)],
    ['Evicted for others', formatCount(budget.evictions)],
  ];
}
