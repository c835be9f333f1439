import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import { ChartPanel } from '../../../components/charts/chart-panel.tsx';
import { ChoiceSelect, oneOf } from '../../../components/choice-select.tsx';
import { ErrorPanel } from '../../../components/error-panel.tsx';
import { RANGES, USUAL_RANGE, stepsOf } from '../../../components/metric-ranges.ts';
import { useUrlState } from '../../../components/url-state.ts';
import { formatDuration } from '@plat/platform-kit/quantities.ts';
import type { FunctionKey } from '../../../paths.ts';
import { useFunctionMetrics } from '../api/use-function-metrics.ts';
import { planCharts } from './chart-plan.ts';

const TITLES = ['Calls', 'Duration', 'Cold starts', 'CPU', 'Memory', 'Instances at once'];

/** A function's figures over time. Range and step are in the address. */
export function FunctionCharts({ of }: { of: FunctionKey }) {
  const [toldRange, setRange] = useUrlState('range', USUAL_RANGE);
  const [toldStep, setStep] = useUrlState('step');
  const range = oneOf(RANGES, toldRange, USUAL_RANGE);
  const steps = stepsOf(range);
  const step = oneOf(steps, toldStep, '');
  const { data, error, refetch } = useFunctionMetrics(of, { range, step });
  if (!data && error) return <ErrorPanel error={error} onRetry={() => void refetch()} />;
  const charts = data ? planCharts(data) : null;
  return (
    <Box component="section" aria-label="Figures">
      <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 1.25, alignItems: 'center', mb: 2 }}>
        <ChoiceSelect label="Time" value={range} options={RANGES} onChange={setRange} />
        <ChoiceSelect label="Steps" value={step} options={steps} onChange={setStep} />
        <Typography variant="body2" color="textSecondary" role="status">
          {data && `One point is ${formatDuration(data.stepMs)}.`}
        </Typography>
      </Box>
      {error && (
        <Alert severity="warning" variant="outlined" sx={{ mb: 2 }}>
          This may be out of date: {error.message}
        </Alert>
      )}
      <Box
        sx={{
          display: 'grid',
          gap: 2,
          gridTemplateColumns: { xs: 'minmax(0, 1fr)', md: 'repeat(2, minmax(0, 1fr))', xl: 'repeat(3, minmax(0, 1fr))' },
        }}
      >
        {charts
          ? charts.map(({ title, nothing, ...chart }) => <ChartPanel key={title} title={title} {...chart} {...(nothing !== undefined && { nothing })} />)
          : TITLES.map((title) => <ChartPanel key={title} title={title} data={null} />)}
      </Box>
    </Box>
  );
} // prettier-ignore
