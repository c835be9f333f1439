import { useState } from 'react';
import Button from '@mui/material/Button';
import { isRolloutOver, type RolloutAction, type RolloutView } from '@plat/platform-kit/rollout.ts';
import { ConfirmDialog } from '../../../components/confirm-dialog.tsx';
import { useNotify } from '../../../components/notices.tsx';
import { useSteerRollout } from '../api/use-steer-rollout.ts';
import { shareWords } from './shares.ts';

const DONE: Record<RolloutAction, (rollout: RolloutView) => string> = {
  pause: () => 'The rollout is paused.',
  resume: () => 'The rollout goes on; its step begins anew.',
  promote: ({ version }) => `Version ${version} is live.`,
  abort: ({ version }) => `Version ${version} is taken back.`,
};

/** What a person may do to a rollout that is under way. */
export function RolloutActions({ rollout }: { rollout: RolloutView }) {
  const { project, function: name, state, version, before } = rollout;
  const steer = useSteerRollout({ project, name });
  const notify = useNotify();
  const [asked, setAsked] = useState<'abort' | 'promote' | null>(null);
  if (isRolloutOver(state)) return null;
  const act = (action: RolloutAction) =>
    notify.outcome(steer.mutateAsync(action), { done: DONE[action], failed: 'The rollout is as it was.' });
  const button = (label: string, run: () => void) => (
    <Button color="inherit" disabled={steer.isPending} onClick={run}>
      {label}
    </Button>
  );
  return (
    <>
      {state === 'running' && button('Pause', () => act('pause'))}
      {state === 'paused' && button('Resume', () => act('resume'))}
      {state !== 'pending' && button('Finish now', () => setAsked('promote'))}
      {button('Abort', () => setAsked('abort'))}
      {asked === 'promote' && (
        <ConfirmDialog
          title={`Make version ${version} live now?`}
          action="Make it live"
          onClose={() => setAsked(null)}
          onConfirm={() => act('promote')}
        >
          All calls go to version {version} at once; the steps that are left are not judged.
        </ConfirmDialog>
      )}
      {asked === 'abort' && (
        <ConfirmDialog
          title="Abort the rollout?"
          action="Abort the rollout"
          onClose={() => setAsked(null)}
          onConfirm={() => act('abort')}
        >
          Calls go to {before.length === 0 ? 'what was live before' : shareWords(before)} again, at once.
          Version {version} stays and can be rolled out again.
        </ConfirmDialog>
      )}
    </>
  );
}
