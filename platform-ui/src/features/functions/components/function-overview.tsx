import Box from '@mui/material/Box';
import { useShownFunction } from '../../../components/function-context.ts';
import { VersionProblem } from '../../../components/version-problem.tsx';
import { ConfigurationPanel } from './configuration-panel.tsx';
import { DeployPanel } from './deploy-panel.tsx';
import { EndpointPanel } from './endpoint-panel.tsx';
import { FunctionCharts } from './function-charts.tsx';
import { InstancesPanel } from './instances-panel.tsx';

export function FunctionOverview() {
  const view = useShownFunction();
  const failed =
    view.status === 'failed' ? view.versions.find(({ number }) => number === view.latest) : undefined;
  return (
    <Box sx={{ display: 'grid', gap: 2, gridTemplateColumns: 'minmax(0, 1fr)' }}>
      {failed?.error && <VersionProblem error={failed.error} number={failed.number} />}
      <FunctionCharts of={view} />
      <Box
        sx={{
          display: 'grid',
          gap: 2,
          gridTemplateColumns: { xs: 'minmax(0, 1fr)', lg: 'minmax(0, 3fr) minmax(0, 2fr)' },
          alignItems: 'start',
        }}
      >
        <Box sx={{ display: 'grid', gap: 2, gridTemplateColumns: 'minmax(0, 1fr)', minWidth: 0 }}>
          <DeployPanel view={view} />
          <EndpointPanel view={view} />
          <InstancesPanel view={view} />
        </Box>
        <ConfigurationPanel view={view} />
      </Box>
    </Box>
  );
}
