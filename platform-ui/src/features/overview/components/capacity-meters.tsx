import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import type { Dashboard } from '@plat/platform-kit/api/metrics-api.ts';
import { formatBytes } from '@plat/platform-kit/quantities.ts';
import { Panel } from '../../../components/panel.tsx';
import { ButtonLink } from '../../../components/button-link.tsx';
import { formatCount, formatShare } from '../../../format/numbers.ts';
import { paths } from '../../../paths.ts';

const MIB = 1024 * 1024;

/** What functions use of the host they run on, and what of it they are allotted by their limits. */
export function CapacityMeters({ capacity }: { capacity: Dashboard['capacity'] }) {
  return (
    <Panel
      title="Host"
      actions={
        <ButtonLink to={paths.system} color="inherit">
          System
        </ButtonLink>
      }
    >
      {capacity === null ? (
        <Typography color="textSecondary">Not known: the engine does not answer, or the token sees one project alone.</Typography>
      ) : (
        <Box sx={{ display: 'grid', gap: 2 }}>
          <Meter
            label="CPU"
            used={capacity.cpuPercent === null ? null : capacity.cpuPercent / 100}
            of={capacity.cpus}
            write={(cores) => `${cores < 10 ? cores.toFixed(2) : formatCount(Math.round(cores))}`}
            unit="cores"
          />
          <Meter label="Memory" used={capacity.usedMemoryBytes} of={capacity.memoryBytes} write={formatBytes} />
          {capacity.budget && (
            <Meter label="Memory allotted" used={capacity.budget.memoryMb.used * MIB} of={capacity.budget.memoryMb.limit * MIB} write={formatBytes} />
          )}
          {capacity.budget && capacity.budget.waiting > 0 && (
            <Typography variant="body2" color="warning.main" sx={{ fontWeight: 550 }}>
              {formatCount(capacity.budget.waiting)} {capacity.budget.waiting === 1 ? 'start waits' : 'starts wait'} for room.
            </Typography>
          )}
          <Typography variant="body2" color="textSecondary">
            By {formatCount(capacity.instances)} {capacity.instances === 1 ? 'instance' : 'instances'} of functions.
          </Typography>
        </Box>
      )}
    </Panel>
  );
} // prettier-ignore

function Meter(props: {
  label: string;
  used: number | null;
  of: number | null;
  write: (value: number) => string;
  unit?: string;
}) {
  const { label, used, of, write, unit } = props;
  const share = used === null || of === null || of === 0 ? null : Math.min(1, used / of);
  const text = used === null ? 'not known' : of === null ? write(used) : `${write(used)} of ${write(of)}${unit ? ` ${unit}` : ''}`;
  return (
    <Box>
      <Box sx={{ display: 'flex', justifyContent: 'space-between', gap: 2, mb: 0.75 }}>
        <span>{label}</span>
        <Box component="span" sx={{ color: 'text.secondary' }}>
          {text}
        </Box>
      </Box>
      {share !== null && <Bar label={label} text={text} share={share} />}
    </Box>
  );
} // prettier-ignore

function Bar({ label, text, share }: { label: string; text: string; share: number }) {
  const colour = share > 0.9 ? 'error.main' : share > 0.75 ? 'warning.main' : 'chart.answered';
  return (
    <Box
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(share * 100)}
      aria-valuetext={`${text}, ${formatShare(share)}`}
      sx={{ height: 8, borderRadius: 4, bgcolor: 'action.hover', overflow: 'hidden' }}
    >
      <Box sx={{ height: '100%', borderRadius: 4, minWidth: share > 0 ? 4 : 0, width: `${share * 100}%`, bgcolor: colour }} />
    </Box>
  );
} // prettier-ignore
