import Box from '@mui/material/Box';
import Table from '@mui/material/Table';
import TableBody from '@mui/material/TableBody';
import TableCell from '@mui/material/TableCell';
import TableHead from '@mui/material/TableHead';
import TableRow from '@mui/material/TableRow';
import type { ChartData } from './chart-data.ts';
import { timeOfPoint } from './time-ticks.ts';

/** The values of a chart in rows, the newest first. */
export function ChartTable(props: { data: ChartData; label: string; height: { xs: number; sm: number } }) {
  const { data, label, height } = props;
  const { times, series, stepMs, unit } = data;
  const spanMs = (times.at(-1) ?? 0) - (times[0] ?? 0);
  const rows = times.map((time, i) => ({ time, values: series.map(({ values }) => values[i] ?? null) }));
  return (
    <Box tabIndex={0} role="region" aria-label={`${label} as a table`} sx={{ height, overflow: 'auto' }}>
      <Table size="small" stickyHeader aria-label={label}>
        <TableHead>
          <TableRow>
            <TableCell>Time</TableCell>
            {series.map((one) => (
              <TableCell key={one.label} align="right">
                {one.label}
              </TableCell>
            ))}
          </TableRow>
        </TableHead>
        <TableBody>
          {rows.toReversed().map(({ time, values }) => (
            <TableRow key={time}>
              <TableCell component="th" scope="row" sx={CELL}>
                {timeOfPoint(time, { spanMs, stepMs })}
              </TableCell>
              {values.map((value, i) => (
                <TableCell key={series[i]!.label} align="right" sx={CELL}>
                  {value === null ? '–' : unit.value(value)}
                </TableCell>
              ))}
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </Box>
  );
}

const CELL = { py: 0.5, whiteSpace: 'nowrap' } as const;
