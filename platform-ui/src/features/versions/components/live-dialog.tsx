import { useState } from 'react';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import ToggleButton from '@mui/material/ToggleButton';
import ToggleButtonGroup from '@mui/material/ToggleButtonGroup';
import Typography from '@mui/material/Typography';
import type { FunctionView } from '@plat/platform-kit/api/views.ts';
import { ErrorPanel } from '../../../components/error-panel.tsx';
import { useNotify } from '../../../components/notices.tsx';
import { RequestPreview } from '../../../components/request-preview.tsx';
import { usePromote } from '../api/use-promote.ts';
import { useStartRollout } from '../api/use-start-rollout.ts';
import { LiveChange } from './live-change.tsx';
import { FIRST_DRAFT, parseRolloutDraft } from './rollout-draft.ts';
import { RolloutForm } from './rollout-form.tsx';

type Way = 'once' | 'steps';

/** Makes a version live, at once or in steps, after showing what that changes and what is sent. */
export function LiveDialog(props: { view: FunctionView; number: number; onClose: () => void }) {
  const { view, number, onClose } = props;
  const promote = usePromote(view);
  const rollout = useStartRollout(view);
  const notify = useNotify();
  const [way, setWay] = useState<Way>('once');
  const [draft, setDraft] = useState(FIRST_DRAFT);
  const live = view.aliases.find(({ name }) => name === 'live')?.weights ?? [];
  const parsed = parseRolloutDraft(draft, number);
  const isWhole = live.filter(({ weight }) => weight > 0).length === 1;
  const action = way === 'once' ? promote : rollout;
  const request = way === 'once' ? promote.requestOf(number) : 'plan' in parsed ? rollout.requestOf(parsed.plan) : null;
  const send = () => {
    // The version is live before this is told, and what opened the dialog may be gone by then.
    const tell = (running: Promise<unknown>, text: string) =>
      void running.then(
        () => {
          notify.done(text);
          onClose();
        },
        () => undefined,
      );
    if (way === 'once') tell(promote.mutateAsync(number), `Version ${number} is live.`);
    else if ('plan' in parsed) tell(rollout.mutateAsync(parsed.plan), `The rollout of version ${number} has begun.`);
  };
  return (
    <Dialog open onClose={onClose} fullWidth maxWidth="sm" aria-labelledby="live-title">
      <DialogTitle id="live-title" variant="h2">
        Make version {number} live
      </DialogTitle>
      <DialogContent sx={{ display: 'grid', gap: 2, gridTemplateColumns: 'minmax(0, 1fr)' }}>
        <LiveChange functionKey={view} from={live} to={[{ version: number, weight: 100 }]} />
        <Box>
          <ToggleButtonGroup exclusive size="small" value={way} aria-label="How" onChange={(_, next: Way | null) => next && setWay(next)}>
            <ToggleButton value="once">At once</ToggleButton>
            <ToggleButton value="steps" disabled={!isWhole}>
              In steps
            </ToggleButton>
          </ToggleButtonGroup>
          <Typography variant="body2" color="textSecondary" sx={{ mt: 1 }}>
            {!isWhole
              ? 'In steps is for a function whose live alias names one version.'
              : way === 'once'
                ? 'Every call goes to it, as soon as an instance is ready. Rolling back takes a moment.'
                : 'The platform goes on by itself, and takes the version back when it does worse.'}
          </Typography>
        </Box>
        {way === 'steps' && <RolloutForm draft={draft} onChange={setDraft} problems={'problems' in parsed ? parsed.problems : {}} />}
        {request && <RequestPreview request={request} />}
        {action.error && <ErrorPanel error={action.error} />}
      </DialogContent>
      <DialogActions sx={{ px: 3, pb: 2.5 }}>
        <Button color="inherit" onClick={onClose}>
          Cancel
        </Button>
        <Button variant="contained" autoFocus onClick={send} loading={action.isPending} disabled={request === null}>
          {way === 'once' ? 'Make it live' : 'Begin the rollout'}
        </Button>
      </DialogActions>
    </Dialog>
  );
} // prettier-ignore
