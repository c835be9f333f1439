import Box from '@mui/material/Box';
import Paper from '@mui/material/Paper';
import Typography from '@mui/material/Typography';
import { mdiAlertCircleOutline } from '@mdi/js';
import type { Execution } from '@plat/platform-kit/domain.ts';
import { ERROR_ADVICE } from '../../../components/error-advice.ts';
import { Icon } from '../../../components/icon.tsx';
import { outcomeTitle } from '../../../components/outcome-mark.tsx';

/** Who failed, with what, and what to do about it. */
export function ExecutionProblem({ execution }: { execution: Execution }) {
  const { outcome, errorCode, errorMessage, errorComponent } = execution;
  return (
    <Paper
      variant="outlined"
      role="note"
      aria-label="Why it failed"
      sx={{ p: 2, display: 'flex', gap: 1.5, borderColor: outcome === 'client_closed' ? 'divider' : 'error.main' }}
    >
      <Icon path={mdiAlertCircleOutline} sx={{ fontSize: 22, color: outcome === 'client_closed' ? 'text.secondary' : 'error.main' }} />
      <Box sx={{ minWidth: 0, flex: 1 }}>
        <Typography variant="h2" component="p">
          {outcomeTitle(outcome)}
        </Typography>
        {errorMessage !== null && (
          <Typography sx={{ mt: 0.5, overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }}>{errorMessage}</Typography>
        )}
        {errorCode !== null && (
          <>
            <Typography variant="body2" color="textSecondary" sx={{ mt: 0.5 }}>
              {ERROR_ADVICE[errorCode]}
            </Typography>
            <Typography variant="caption" component="p" color="textSecondary" sx={{ mt: 0.75 }}>
              Code <code>{errorCode}</code>
              {errorComponent !== null && (
                <>
                  {' from '}
                  <code>{errorComponent}</code>
                </>
              )}
            </Typography>
          </>
        )}
      </Box>
    </Paper>
  );
} // prettier-ignore
