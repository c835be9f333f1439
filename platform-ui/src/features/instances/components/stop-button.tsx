import { useState } from 'react';
import Button from '@mui/material/Button';
import { ConfirmDialog } from '../../../components/confirm-dialog.tsx';
import { useNotify } from '../../../components/notices.tsx';
import type { FunctionKey } from '../../../paths.ts';
import { useSetFunctionState } from '../../functions/api/use-set-function-state.ts';

/** Stops the function, and with it all of its instances: one alone would be started again. */
export function StopButton({ of }: { of: FunctionKey }) {
  const notify = useNotify();
  const setState = useSetFunctionState();
  const [isAsking, setAsking] = useState(false);
  const stop = () =>
    notify.outcome(setState.mutateAsync({ ...of, state: 'stopped' }), {
      done: () => `${of.name} is stopped.`,
      failed: `${of.name} was not stopped.`,
    });
  return (
    <>
      <Button
        color="inherit"
        sx={{ whiteSpace: 'nowrap' }}
        onClick={() => setAsking(true)}
        disabled={setState.isPending}
        aria-label={`Stop ${of.name}`}
      >
        Stop …
      </Button>
      {isAsking && (
        <ConfirmDialog
          title={`Stop ${of.name}?`}
          action="Stop the function"
          onConfirm={stop}
          onClose={() => setAsking(false)}
        >
          All of its instances finish the calls they have and stop. Calls are refused until the function is
          started again: a single instance would be replaced by the next call.
        </ConfirmDialog>
      )}
    </>
  );
}
