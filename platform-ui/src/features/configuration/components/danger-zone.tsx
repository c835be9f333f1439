import { useState, type ReactNode } from 'react';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { useNavigate } from 'react-router';
import type { FunctionView } from '@plat/platform-kit/api/views.ts';
import { ConfirmDialog } from '../../../components/confirm-dialog.tsx';
import { useNotify } from '../../../components/notices.tsx';
import { Panel } from '../../../components/panel.tsx';
import { paths } from '../../../paths.ts';
import { useDeleteFunction } from '../../functions/api/use-delete-function.ts';
import { useSetFunctionState } from '../../functions/api/use-set-function-state.ts';

/** What takes a function away from its callers: for a while, or for good. */
export function DangerZone({ view }: { view: FunctionView }) {
  const { project, name } = view;
  const setState = useSetFunctionState();
  const remove = useDeleteFunction();
  const notify = useNotify();
  const navigate = useNavigate();
  const [asked, setAsked] = useState<'stop' | 'delete' | null>(null);
  const close = () => setAsked(null);
  const isStopped = view.state === 'stopped';
  const turn = () =>
    notify.outcome(setState.mutateAsync({ project, name, state: isStopped ? 'active' : 'stopped' }), {
      done: () => `${name} is ${isStopped ? 'started' : 'stopped'}.`,
      failed: `${name} was not ${isStopped ? 'started' : 'stopped'}.`,
    });
  const destroy = async () => {
    // First away from its page, which would ask for what is gone.
    await navigate(paths.functions);
    notify.outcome(remove.mutateAsync({ project, name }), {
      done: () => `${name} is deleted.`,
      failed: `${name} was not deleted.`,
    });
  };
  return (
    <Panel title="Danger zone" isFlush>
      <Row
        title={isStopped ? 'Start the function' : 'Stop the function'}
        text={
          isStopped
            ? 'Calls are answered again; the first one wakes an instance.'
            : 'Its instances are stopped, and calls are refused until it is started again. Nothing is lost.'
        }
      >
        <Button
          variant="outlined"
          color={isStopped ? 'inherit' : 'error'}
          disabled={setState.isPending}
          onClick={() => (isStopped ? turn() : setAsked('stop'))}
        >
          {isStopped ? 'Start it' : 'Stop it …'}
        </Button>
      </Row>
      <Row
        title="Delete the function"
        text="Its versions, instances, hosts and logs go with it. This cannot be undone."
      >
        <Button variant="outlined" color="error" onClick={() => setAsked('delete')}>
          Delete it …
        </Button>
      </Row>
      {asked === 'stop' && (
        <ConfirmDialog title={`Stop ${name}?`} action="Stop the function" onClose={close} onConfirm={turn}>
          Calls that are under way are finished; new ones are refused until it is started again.
        </ConfirmDialog>
      )}
      {asked === 'delete' && (
        <ConfirmDialog
          title={`Delete ${name}?`}
          action="Delete the function"
          typed={name}
          onClose={close}
          onConfirm={() => void destroy()}
        >
          Its versions, instances, hosts and logs go with it. Calls get “not found” from then on. This cannot
          be undone.
        </ConfirmDialog>
      )}
    </Panel>
  );
}

function Row({ title, text, children }: { title: string; text: string; children: ReactNode }) {
  return (
    <Box
      sx={{
        display: 'flex',
        flexWrap: 'wrap',
        alignItems: 'center',
        gap: 2,
        px: 2,
        py: 1.5,
        '& + &': { borderTop: 1, borderColor: 'divider' },
      }}
    >
      <Box sx={{ flex: '1 1 260px', minWidth: 0 }}>
        <Typography sx={{ fontWeight: 570 }}>{title}</Typography>
        <Typography variant="body2" color="textSecondary">
          {text}
        </Typography>
      </Box>
      {children}
    </Box>
  );
}
