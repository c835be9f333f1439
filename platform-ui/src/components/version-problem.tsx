import Box from '@mui/material/Box';
import Paper from '@mui/material/Paper';
import Typography from '@mui/material/Typography';
import { mdiAlertCircleOutline } from '@mdi/js';
import type { VersionError } from '@plat/platform-kit/domain.ts';
import { Icon } from './icon.tsx';

const PHASE: Record<VersionError['phase'], string> = {
  building: 'could not be built',
  starting: 'was built, but did not start',
};

/** Why a version failed, and the last lines it printed. */
export function VersionProblem({ error, number }: { error: VersionError; number: number }) {
  return (
    <Paper
      variant="outlined"
      role="alert"
      sx={{ p: 2, display: 'flex', gap: 1.5, borderColor: 'error.main' }}
    >
      <Icon path={mdiAlertCircleOutline} sx={{ fontSize: 22, color: 'error.main' }} />
      <Box sx={{ minWidth: 0, flex: 1 }}>
        <Typography variant="h3" component="p">
          Version {number} {PHASE[error.phase]}
        </Typography>
        <Typography sx={{ mt: 0.5, overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }}>
          {error.message}
        </Typography>
        <Typography variant="caption" color="textSecondary" component="p" sx={{ mt: 0.5 }}>
          Code <code>{error.code}</code>
        </Typography>
        {error.logTail && error.logTail.length > 0 && (
          <Box
            component="pre"
            tabIndex={0}
            aria-label="What it printed last"
            sx={{
              m: 0,
              mt: 1.5,
              p: 1.5,
              bgcolor: 'action.hover',
              borderRadius: '8px',
              overflow: 'auto',
              maxHeight: 260,
              fontSize: 12.5,
              lineHeight: 1.6,
            }}
          >
            {error.logTail.join('\n')}
          </Box>
        )}
      </Box>
    </Paper>
  );
}
