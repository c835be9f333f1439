import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import { useSystem } from '../features/system/api/use-system.ts';

/** News that concern every page: nobody answers, the engine is away, or it isolates less than it should. */
export function PlatformBanner() {
  const { data, error } = useSystem();
  const text = error
    ? `The platform does not answer: ${error.message} What you see may be out of date.`
    : data && !data.engine.available
      ? `The engine is not available: ${data.engine.problem ?? 'unknown reason'} Functions cannot be built or started until it is.`
      : data?.engine.engine === 'process'
        ? 'Functions run as plain processes of this machine, for want of a Docker engine: they are isolated less. Do not run code that you do not trust.'
        : null;
  if (text === null) return null;
  return (
    <Box sx={{ px: { xs: 2, sm: 3, lg: 4 }, pt: 2 }}>
      <Alert severity={error || !data?.engine.available ? 'error' : 'warning'} variant="outlined">
        {text}
      </Alert>
    </Box>
  );
}
