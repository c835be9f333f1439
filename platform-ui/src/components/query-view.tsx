import type { ReactNode } from 'react';
import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Fade from '@mui/material/Fade';
import type { UseQueryResult } from '@tanstack/react-query';
import { ErrorPanel } from './error-panel.tsx';

type Asked<T> = Pick<UseQueryResult<T>, 'data' | 'error' | 'isPending' | 'refetch'>;

/**
 * The one way in which what was asked of the platform is shown: while it loads (`skeleton` has the shape of what will
 * come, so that nothing moves), when there is nothing (`empty`), when it failed or is forbidden, and when it is there.
 * What is there stays when a later refresh fails, with a word about it.
 */
export function QueryView<T>(props: {
  query: Asked<T>;
  skeleton: ReactNode;
  isEmpty?: (data: NoInfer<T>) => boolean;
  empty?: ReactNode;
  children: (data: NoInfer<T>) => ReactNode;
}) {
  const { query, skeleton, isEmpty, empty, children } = props;
  if (query.isPending) {
    return (
      <Box aria-busy="true" role="status" aria-label="Loading">
        <Fade in timeout={300} style={{ transitionDelay: '120ms' }}>
          <Box aria-hidden>{skeleton}</Box>
        </Fade>
      </Box>
    );
  }
  if (query.data === undefined)
    return <ErrorPanel error={query.error} onRetry={() => void query.refetch()} />;
  return (
    <>
      {query.error && (
        <Alert severity="warning" variant="outlined" sx={{ mb: 2 }}>
          This may be out of date: {query.error.message}
        </Alert>
      )}
      {empty !== undefined && isEmpty?.(query.data) ? empty : children(query.data)}
    </>
  );
}
