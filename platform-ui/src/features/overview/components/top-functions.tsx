import Box from '@mui/material/Box';
import Table from '@mui/material/Table';
import TableBody from '@mui/material/TableBody';
import TableCell from '@mui/material/TableCell';
import TableHead from '@mui/material/TableHead';
import TableRow from '@mui/material/TableRow';
import Typography from '@mui/material/Typography';
import type { FunctionUse } from '@plat/platform-kit/metrics.ts';
import { ButtonLink } from '../../../components/button-link.tsx';
import { Link } from '../../../components/link.tsx';
import { Panel } from '../../../components/panel.tsx';
import { TimeAgo } from '../../../components/time-ago.tsx';
import { formatCompact, formatMs, formatShare } from '../../../format/numbers.ts';
import { paths } from '../../../paths.ts';

/** Those that were called most. */
export function TopFunctions({ use }: { use: readonly FunctionUse[] }) {
  const most = Math.max(1, ...use.map(({ calls }) => calls));
  return (
    <Panel
      title="Top functions"
      isFlush
      actions={
        <ButtonLink to={paths.functions} color="inherit">
          All
        </ButtonLink>
      }
    >
      {use.length === 0 ? (
        <Typography color="textSecondary" sx={{ p: 2 }}>
          No function was called.
        </Typography>
      ) : (
        <Table size="small" aria-label="Top functions" sx={{ '& tbody tr:last-of-type td': { borderBottom: 0 } }}>
          <TableHead>
            <TableRow>
              <TableCell>Function</TableCell>
              <TableCell align="right">Calls</TableCell>
              <TableCell align="right">Failed</TableCell>
              <TableCell align="right">p95</TableCell>
              <TableCell align="right" sx={WIDE}>
                Last call
              </TableCell>
            </TableRow>
          </TableHead>
          <TableBody>
            {use.map((one) => (
              <TableRow key={`${one.project}/${one.function}`} hover>
                <TableCell>
                  <Link to={paths.function({ project: one.project, name: one.function })} color="text.primary" sx={{ fontWeight: 560, overflowWrap: 'anywhere' }}>
                    {one.project === 'default' ? one.function : `${one.project}/${one.function}`}
                  </Link>
                  <Box aria-hidden sx={{ mt: 0.5, height: 3, borderRadius: 2, width: `${(one.calls / most) * 100}%`, bgcolor: 'chart.answered' }} />
                </TableCell>
                <TableCell align="right">{formatCompact(one.calls)}</TableCell>
                <TableCell align="right" sx={{ whiteSpace: 'nowrap', color: one.failed > 0 ? 'error.main' : undefined }}>
                  {formatShare(one.failed / Math.max(1, one.calls))}
                </TableCell>
                <TableCell align="right" sx={{ whiteSpace: 'nowrap' }}>
                  {one.p95Ms === null ? '–' : formatMs(one.p95Ms)}
                </TableCell>
                <TableCell align="right" sx={WIDE}>
                  <TimeAgo at={one.lastAt} />
                </TableCell>
              </TableRow>
            ))}
          </TableBody>
        </Table>
      )}
    </Panel>
  );
} // prettier-ignore

const WIDE = { display: { xs: 'none', sm: 'table-cell' } } as const;
