import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Paper from '@mui/material/Paper';
import Typography from '@mui/material/Typography';
import { mdiAlertCircleOutline, mdiLockOutline } from '@mdi/js';
import { RequestError } from '../api-client/request-error.ts';
import { CopyButton } from './copy-button.tsx';
import { ERROR_ADVICE } from './error-advice.ts';
import { Icon } from './icon.tsx';

/** What went wrong, who said so, the request it belongs to, and what to do. `forbidden` is told as a lock, not as a fault. */
export function ErrorPanel({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const known = error instanceof RequestError ? error : null;
  const isForbidden = known?.code === 'forbidden';
  return (
    <Paper
      variant="outlined"
      role="alert"
      sx={{ p: 2.5, display: 'flex', gap: 1.75, borderColor: isForbidden ? 'divider' : 'error.main' }}
    >
      <Icon
        path={isForbidden ? mdiLockOutline : mdiAlertCircleOutline}
        sx={{ fontSize: 22, mt: '1px', color: isForbidden ? 'text.secondary' : 'error.main' }}
      />
      <Box sx={{ minWidth: 0, flex: 1 }}>
        <Typography variant="h3" component="p" sx={{ overflowWrap: 'anywhere' }}>
          {error instanceof Error ? error.message : 'Something went wrong.'}
        </Typography>
        <Typography variant="body2" color="textSecondary" sx={{ mt: 0.5 }}>
          {known
            ? ERROR_ADVICE[known.code]
            : 'Reload the page. If it happens again, it is a fault of the dashboard.'}
        </Typography>
        {known && <ErrorFacts error={known} />}
        {onRetry && (
          <Button variant="outlined" color="inherit" onClick={onRetry} sx={{ mt: 1.5 }}>
            Try again
          </Button>
        )}
      </Box>
    </Paper>
  );
}

function ErrorFacts({ error }: { error: RequestError }) {
  const facts = [
    ['Code', error.code],
    ['Component', error.component],
    ['Request', error.requestId],
  ].filter((fact): fact is [string, string] => fact[1] !== null);
  return (
    <Box
      component="dl"
      sx={{ display: 'flex', flexWrap: 'wrap', columnGap: 3, rowGap: 0.5, mt: 1.25, mb: 0 }}
    >
      {facts.map(([label, value]) => (
        <Box
          key={label}
          sx={{ display: 'flex', gap: 0.75, alignItems: 'center', minHeight: 26, minWidth: 0 }}
        >
          <Typography component="dt" variant="caption" color="textSecondary">
            {label}
          </Typography>
          <Box component="dd" sx={{ m: 0, display: 'flex', alignItems: 'center', minWidth: 0 }}>
            <Typography component="code" variant="caption" sx={{ overflowWrap: 'anywhere' }}>
              {value}
            </Typography>
            {label === 'Request' && <CopyButton text={value} label="Copy the request id" />}
          </Box>
        </Box>
      ))}
    </Box>
  );
}
