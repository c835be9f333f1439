import Box from '@mui/material/Box';
import Skeleton from '@mui/material/Skeleton';
import type { Dashboard } from '@plat/platform-kit/api/metrics-api.ts';
import { ChoiceSelect, oneOf } from '../../../components/choice-select.tsx';
import {
  callSeries,
  durationSeries,
  timesOf,
  type ChartData,
} from '../../../components/charts/chart-data.ts';
import { ChartPanel } from '../../../components/charts/chart-panel.tsx';
import { UNITS } from '../../../components/charts/chart-units.ts';
import { RANGES, USUAL_RANGE } from '../../../components/metric-ranges.ts';
import { PageHeader } from '../../../components/page-header.tsx';
import { QueryView } from '../../../components/query-view.tsx';
import { useUrlState } from '../../../components/url-state.ts';
import { formatCompact, formatMs } from '../../../format/numbers.ts';
import { useDashboard } from '../api/use-dashboard.ts';
import { NEW_PLATFORM_FUNCTIONS } from '../api/use-first-steps.ts';
import { CapacityMeters } from './capacity-meters.tsx';
import { Figures } from './figures.tsx';
import { FirstRunGuide } from './first-run-guide.tsx';
import { RecentFailures } from './recent-failures.tsx';
import { TopFunctions } from './top-functions.tsx';

/** How the platform fares, at a glance. */
export function OverviewPage() {
  const [told, setRange] = useUrlState('range', USUAL_RANGE);
  const range = oneOf(RANGES, told, USUAL_RANGE);
  const query = useDashboard(range);
  return (
    <>
      <PageHeader
        title="Overview"
        actions={<ChoiceSelect label="Time" value={range} options={RANGES} onChange={setRange} />}
      />
      <QueryView query={query} skeleton={<Parts dashboard={undefined} range={range} />}>
        {(dashboard) => <Parts dashboard={dashboard} range={range} />}
      </QueryView>
    </>
  );
}

function Parts({ dashboard, range }: { dashboard: Dashboard | undefined; range: string }) {
  const isNew = dashboard !== undefined && dashboard.functions.all <= NEW_PLATFORM_FUNCTIONS;
  return (
    <Box sx={{ display: 'grid', gap: 2, gridTemplateColumns: 'minmax(0, 1fr)' }}>
      {isNew && <FirstRunGuide />}
      <Figures dashboard={dashboard} range={range} />
      <Box sx={{ ...COLUMNS, gridTemplateColumns: { xs: 'minmax(0, 1fr)', lg: 'minmax(0, 3fr) minmax(0, 2fr)' } }}>
        <Charts dashboard={dashboard} />
      </Box>
      {dashboard ? (
        <Box
          sx={{
            ...COLUMNS,
            alignItems: 'start',
            gridTemplateColumns: { xs: 'minmax(0, 1fr)', md: 'repeat(2, minmax(0, 1fr))', xl: 'minmax(0, 5fr) minmax(0, 3fr) minmax(0, 5fr)' },
          }}
        >
          <Box sx={{ display: { xs: 'grid', xl: 'contents' }, gap: 2 }}>
            <TopFunctions use={dashboard.topFunctions} />
            <CapacityMeters capacity={dashboard.capacity} />
          </Box>
          <RecentFailures failures={dashboard.recentFailures} />
        </Box>
      ) : (
        <Skeleton variant="rounded" height={280} />
      )}
    </Box>
  );
} // prettier-ignore

const COLUMNS = { display: 'grid', gap: 2 } as const;

function Charts({ dashboard }: { dashboard: Dashboard | undefined }) {
  const { totals, points = [], stepMs = 0 } = dashboard ?? {};
  const times = timesOf(points);
  const calls: ChartData = { kind: 'bars', times, stepMs, unit: UNITS.count, series: callSeries(points) };
  const durations: ChartData = { kind: 'lines', times, stepMs, unit: UNITS.ms, series: durationSeries(points) };
  const nothing = totals?.calls === 0 ? 'No call in this time' : undefined;
  return (
    <>
      <ChartPanel
        title="Requests and errors"
        figure={totals && `${formatCompact(totals.calls)} ${totals.calls === 1 ? 'call' : 'calls'}`}
        data={dashboard ? calls : null}
        {...(nothing && { nothing })}
      />
      <ChartPanel
        title="Duration"
        figure={totals && totals.p95Ms !== null && `p95 ${formatMs(totals.p95Ms)}`}
        data={dashboard ? durations : null}
        {...(nothing && { nothing })}
      />
    </>
  );
} // prettier-ignore
