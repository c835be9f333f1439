import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import type { FunctionView } from '@plat/platform-kit/api/views.ts';
import { configFacts } from '../../../components/config-facts.ts';
import { Facts } from '../../../components/facts.tsx';
import { Panel } from '../../../components/panel.tsx';

/** The configuration that answers calls now. */
export function ConfigurationPanel({ view }: { view: FunctionView }) {
  const { live } = view;
  const names = Object.keys(live?.env ?? {});
  return (
    <Panel title="Live configuration">
      {live === null ? (
        <Typography color="textSecondary">There is none until a version is ready.</Typography>
      ) : (
        <>
          <Facts facts={configFacts(live)} />
          <Typography variant="h3" sx={{ mt: 2, mb: 0.75 }}>
            Environment
          </Typography>
          {names.length === 0 ? (
            <Typography variant="body2" color="textSecondary">
              No variables.
            </Typography>
          ) : (
            <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 0.75 }}>
              {names.map((name) => (
                <Box
                  component="code"
                  key={name}
                  sx={{
                    px: 0.75,
                    py: 0.25,
                    borderRadius: 1,
                    bgcolor: 'action.hover',
                    overflowWrap: 'anywhere',
                  }}
                >
                  {name}
                </Box>
              ))}
            </Box>
          )}
        </>
      )}
    </Panel>
  );
}
