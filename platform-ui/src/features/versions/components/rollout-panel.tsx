import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import { formatDuration } from '@plat/platform-kit/quantities.ts';
import { isRolloutOver, type RolloutView } from '@plat/platform-kit/rollout.ts';
import { Panel } from '../../../components/panel.tsx';
import { StateMark } from '../../../components/state-mark.tsx';
import { TimeAgo } from '../../../components/time-ago.tsx';
import { formatShare } from '../../../format/numbers.ts';
import type { FunctionKey } from '../../../paths.ts';
import { useRollout } from '../api/use-rollout.ts';
import { RolloutActions } from './rollout-actions.tsx';
import { RolloutEvents } from './rollout-events.tsx';
import { RolloutFigures } from './rollout-figures.tsx';
import { RolloutSteps } from './rollout-steps.tsx';
import { ROLLOUT_STATES } from './rollout-words.ts';

/** The rollout that is under way, live, with what it is judged by; or how the last one ended. Nothing when there was none. */
export function RolloutPanel({ functionKey }: { functionKey: FunctionKey }) {
  const { data: rollout, error } = useRollout(functionKey);
  if (error && !rollout)
    return (
      <Alert severity="warning" variant="outlined">
        The rollout cannot be shown: {error.message}
      </Alert>
    );
  return rollout ? <Shown rollout={rollout} /> : null;
}

function Shown({ rollout }: { rollout: RolloutView }) {
  const { state, version, figures, reason } = rollout;
  const isOver = isRolloutOver(state);
  return (
    <Panel
      title={isOver ? `Last rollout, of version ${version}` : `Rollout of version ${version}`}
      actions={<RolloutActions rollout={rollout} />}
    >
      <Box sx={{ display: 'grid', gap: 1.75, gridTemplateColumns: 'minmax(0, 1fr)' }}>
        <Box sx={{ display: 'flex', flexWrap: 'wrap', columnGap: 2, rowGap: 0.5, alignItems: 'center' }}>
          <StateMark {...ROLLOUT_STATES[state]} />
          <Typography variant="body2" color="textSecondary">
            {isOver && rollout.finishedAt !== null ? (
              <>
                ended <TimeAgo at={rollout.finishedAt} />
              </>
            ) : (
              <>
                begun <TimeAgo at={rollout.startedAt ?? rollout.createdAt} /> by {rollout.createdBy}
              </>
            )}
          </Typography>
        </Box>
        {reason !== null && (
          <Typography sx={{ overflowWrap: 'anywhere' }} role="status">
            {reason}
          </Typography>
        )}
        <RolloutSteps rollout={rollout} />
        {figures && (
          <>
            <RolloutFigures rollout={rollout} figures={figures} />
            <Typography variant="body2" color="textSecondary">
              {rules(rollout)}
            </Typography>
          </>
        )}
        <RolloutEvents events={rollout.events} />
      </Box>
    </Panel>
  );
}

/** When the step is over, and what takes the version back. */
function rules({ plan }: RolloutView): string {
  return (
    `A step takes ${formatDuration(plan.stepMs)} and ${plan.minCalls} calls of the new version. It is taken back when it ` +
    `fails more often than the old one by more than ${formatShare(plan.maxErrorIncrease)}, or when its p95 is ` +
    `${plan.maxP95Ratio} times the old one’s.`
  );
}
