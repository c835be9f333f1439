import type { ReactNode } from 'react';
import Box from '@mui/material/Box';
import Paper from '@mui/material/Paper';
import type { Dashboard } from '@plat/platform-kit/api/metrics-api.ts';
import { Link } from '../../../components/link.tsx';
import { formatCompact, formatCount, formatMs, formatShare } from '../../../format/numbers.ts';
import { paths } from '../../../paths.ts';

/** The numbers that say whether all is well. */
export function Figures({ dashboard, range }: { dashboard: Dashboard | undefined; range: string }) {
  const { totals, functions, failureRate } = dashboard ?? {};
  const failed = totals && totals.errors.function + totals.errors.timeout + totals.errors.platform;
  return (
    <Box
      component="ul"
      aria-label="At a glance"
      sx={{
        listStyle: 'none',
        m: 0,
        p: 0,
        display: 'grid',
        gap: { xs: 1, sm: 2 },
        gridTemplateColumns: { xs: 'repeat(2, minmax(0, 1fr))', md: 'repeat(3, minmax(0, 1fr))', xl: 'repeat(6, minmax(0, 1fr))' },
      }}
    >
      <Figure label="Calls" value={totals && formatCompact(totals.calls)}>
        {dashboard && `${rate(dashboard.callsPerSecond)} a second`}
      </Figure>
      <Figure label="Failed" value={dashboard && (failureRate == null ? '–' : formatShare(failureRate))} isBad={(failed ?? 0) > 0}>
        {failed !== undefined &&
          (failed === 0 ? 'none' : <Link to={`${paths.executions}?who=failed&since=${range}`} color="inherit">{`${formatCount(failed)} ${failed === 1 ? 'call' : 'calls'}`}</Link>)}
      </Figure>
      <Figure label="p95" value={totals && (totals.p95Ms === null ? '–' : formatMs(totals.p95Ms))}>
        {totals && `median ${totals.p50Ms === null ? '–' : formatMs(totals.p50Ms)}`}
      </Figure>
      <Figure label="Cold starts" value={totals && formatCompact(totals.coldStarts)}>
        {totals && (totals.meanWakeMs === null ? 'none waited' : `${formatMs(totals.meanWakeMs)} to wake`)}
      </Figure>
      <Figure label="Instances" value={dashboard && formatCount(dashboard.instances)}>
        {dashboard && <Link to={paths.instances} color="inherit">{dashboard.instances === 0 ? 'nothing runs' : 'at this moment'}</Link>}
      </Figure>
      <Figure label="Functions" value={functions && formatCount(functions.all)} isBad={(functions?.failed ?? 0) > 0}>
        {functions && <Link to={paths.functions} color="inherit">{states(functions)}</Link>}
      </Figure>
    </Box>
  );
} // prettier-ignore

function Figure(props: {
  label: string;
  value: string | undefined;
  isBad?: boolean;
  children: ReactNode;
}) {
  return (
    <Paper component="li" variant="outlined" sx={{ px: { xs: 1.5, sm: 2 }, py: 1.25, minWidth: 0 }}>
      <Box sx={{ fontSize: 13, color: 'text.secondary', fontWeight: 500 }}>{props.label}</Box>
      <Box
        sx={{
          fontSize: { xs: 22, sm: 26 },
          lineHeight: 1.35,
          minHeight: '1.35em',
          fontWeight: 620,
          letterSpacing: '-0.02em',
          whiteSpace: 'nowrap',
        }}
      >
        {props.value ?? ' '}
      </Box>
      <Box sx={{ fontSize: 12.5, lineHeight: 1.5, minHeight: '1.5em', color: props.isBad ? 'error.main' : 'text.secondary' }}>
        {props.children}
      </Box>
    </Paper>
  );
} // prettier-ignore

function states({ active, stopped, deploying, failed }: Dashboard['functions']): string {
  const parts = [
    [failed, 'failed'],
    [deploying, 'deploying'],
    [active, 'active'],
    [stopped, 'stopped'],
  ] as const;
  const told = parts.filter(([count]) => count > 0).map(([count, word]) => `${formatCount(count)} ${word}`);
  return told.length === 0 ? 'none yet' : told.join(', ');
}

const rate = (perSecond: number) =>
  perSecond === 0 ? '0' : perSecond < 0.01 ? '< 0.01' : formatCompact(Number(perSecond.toPrecision(2)));
