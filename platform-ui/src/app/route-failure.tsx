import Box from '@mui/material/Box';
import { useRouteError } from 'react-router';
import { ErrorPanel } from '../components/error-panel.tsx';

/** A page that cannot be shown: its code is not to be had (the platform was updated), or it failed. */
export function RouteFailure() {
  const error = useRouteError();
  return (
    <Box sx={{ maxWidth: 720, mx: 'auto', p: 3 }}>
      <ErrorPanel error={error} onRetry={() => location.reload()} />
    </Box>
  );
}
