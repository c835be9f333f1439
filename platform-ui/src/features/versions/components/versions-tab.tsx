import Box from '@mui/material/Box';
import { useShownFunction } from '../../../components/function-context.ts';
import { AliasesPanel } from './aliases-panel.tsx';
import { RolloutPanel } from './rollout-panel.tsx';
import { VersionsPanel } from './versions-panel.tsx';

export function VersionsTab() {
  const view = useShownFunction();
  return (
    <Box
      sx={{
        display: 'grid',
        gap: 2,
        gridTemplateColumns: { xs: 'minmax(0, 1fr)', lg: 'minmax(0, 3fr) minmax(0, 2fr)' },
        alignItems: 'start',
      }}
    >
      <VersionsPanel view={view} />
      <Box
        sx={{
          order: { xs: -1, lg: 0 },
          minWidth: 0,
          display: 'grid',
          gap: 2,
          gridTemplateColumns: 'minmax(0, 1fr)',
        }}
      >
        <RolloutPanel functionKey={view} />
        <AliasesPanel view={view} />
      </Box>
    </Box>
  );
}
