import { Suspense, lazy, useState, type ReactNode } from 'react';
import Box from '@mui/material/Box';
import IconButton from '@mui/material/IconButton';
import Skeleton from '@mui/material/Skeleton';
import Typography from '@mui/material/Typography';
import { mdiChartBar, mdiTable } from '@mdi/js';
import { Icon } from '../icon.tsx';
import { Panel } from '../panel.tsx';
import { PartBoundary } from '../part-boundary.tsx';
import { colourOf, type ChartData } from './chart-data.ts';
import { ChartTable } from './chart-table.tsx';

const TimeChart = lazy(async () => ({ default: (await import('./time-chart.tsx')).TimeChart }));

const HEIGHT = 208;
/** Narrow windows need two lines. */
const LEGEND_HEIGHT = { xs: 44, sm: 24 } as const;

/**
 * Values over time, as a picture or as a table. Its size is the same while the code of charts and the values are on their way
 * (`data` is null). `figure`: the one number that somebody looks for; `nothing` says why there is nothing to draw.
 */
export function ChartPanel(props: {
  title: string;
  figure?: ReactNode;
  data: ChartData | null;
  nothing?: string;
}) {
  const { title, data } = props;
  const [isTable, setTable] = useState(false);
  const other = isTable ? 'Show as a chart' : 'Show as a table';
  return (
    <Panel
      title={title}
      actions={
        <>
          <Typography component="span" variant="body2" color="textSecondary" sx={{ fontWeight: 550 }}>
            {props.figure}
          </Typography>
          <IconButton title={other} aria-label={`${other}: ${title}`} onClick={() => setTable(!isTable)}>
            <Icon path={isTable ? mdiChartBar : mdiTable} />
          </IconButton>
        </>
      }
    >
      <Box>
        {data === null ? (
          <>
            <Box sx={{ height: LEGEND_HEIGHT }} />
            <Skeleton variant="rounded" height={HEIGHT} />
          </>
        ) : isTable ? (
          <ChartTable
            data={data}
            label={title}
            height={{ xs: HEIGHT + LEGEND_HEIGHT.xs, sm: HEIGHT + LEGEND_HEIGHT.sm }}
          />
        ) : (
          <>
            <Legend data={data} />
            <Box sx={{ position: 'relative', height: HEIGHT }}>
              <PartBoundary>
                <Suspense fallback={<Skeleton variant="rounded" height={HEIGHT} />}>
                  <TimeChart data={data} height={HEIGHT} />
                </Suspense>
              </PartBoundary>
              {props.nothing !== undefined && <Nothing>{props.nothing}</Nothing>}
            </Box>
          </>
        )}
      </Box>
    </Panel>
  );
}

function Legend({ data: { kind, series } }: { data: ChartData }) {
  return (
    <Box
      component="ul"
      aria-label="Legend"
      sx={{ listStyle: 'none', m: 0, p: 0, minHeight: LEGEND_HEIGHT, alignContent: 'start', display: 'flex', flexWrap: 'wrap', columnGap: 2 }}
    >
      {series.map(({ label, colour }) => (
        <Box component="li" key={label} sx={{ display: 'flex', alignItems: 'center', gap: 0.75, fontSize: 12.5, color: 'text.secondary' }}>
          <Box
            component="span"
            aria-hidden
            sx={{ width: 10, height: kind === 'bars' ? 10 : 3, borderRadius: '2px', bgcolor: colourOf(colour) }}
          />
          {label}
        </Box>
      ))}
    </Box>
  );
} // prettier-ignore

function Nothing({ children }: { children: string }) {
  return (
    <Box
      sx={{
        position: 'absolute',
        inset: '0 0 24px',
        display: 'grid',
        placeItems: 'center',
        color: 'text.secondary',
        fontSize: 13,
        textAlign: 'center',
      }}
    >
      <Box component="span" sx={{ bgcolor: 'background.paper', px: 1 }}>
        {children}
      </Box>
    </Box>
  );
}
