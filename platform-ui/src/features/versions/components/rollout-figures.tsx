import Table from '@mui/material/Table';
import TableBody from '@mui/material/TableBody';
import TableCell from '@mui/material/TableCell';
import TableHead from '@mui/material/TableHead';
import TableRow from '@mui/material/TableRow';
import type { RolloutView, StepFigures, VersionFigures } from '@plat/platform-kit/rollout.ts';
import { formatCount, formatMs, formatShare } from '../../../format/numbers.ts';

/** What the step that is under way is judged by. */
export function RolloutFigures({ rollout, figures }: { rollout: RolloutView; figures: StepFigures }) {
  const rows: [name: string, figures: VersionFigures][] = [
    [`Version ${rollout.version}, new`, figures.candidate],
    [rollout.baseline === null ? 'Before' : `Version ${rollout.baseline}, old`, figures.baseline],
  ];
  return (
    <Table
      size="small"
      aria-label="What the step is judged by"
      sx={{
        '& tr > *': { px: 1, '&:first-of-type': { pl: 0 }, '&:last-of-type': { pr: 0 } },
        '& td': { whiteSpace: 'nowrap' },
        '& tbody tr:last-of-type > *': { borderBottom: 0 },
      }}
    >
      <TableHead>
        <TableRow>
          <TableCell>Calls</TableCell>
          <TableCell align="right">Made</TableCell>
          <TableCell align="right">Failed</TableCell>
          <TableCell align="right">p95</TableCell>
        </TableRow>
      </TableHead>
      <TableBody>
        {rows.map(([name, { calls, errors, p95Ms }]) => (
          <TableRow key={name}>
            <TableCell component="th" scope="row">
              {name}
            </TableCell>
            <TableCell align="right">{formatCount(calls)}</TableCell>
            <TableCell align="right">{calls === 0 ? '–' : formatShare(errors / calls)}</TableCell>
            <TableCell align="right">{p95Ms === null ? '–' : formatMs(p95Ms)}</TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}
