import { useState } from 'react';
import Button from '@mui/material/Button';
import IconButton from '@mui/material/IconButton';
import Menu from '@mui/material/Menu';
import MenuItem from '@mui/material/MenuItem';
import { mdiDotsHorizontal, mdiPlay, mdiStop } from '@mdi/js';
import type { FunctionView } from '@plat/platform-kit/api/views.ts';
import { ConfirmDialog } from '../../../components/confirm-dialog.tsx';
import { Icon } from '../../../components/icon.tsx';
import { useNotify } from '../../../components/notices.tsx';
import { useDeleteFunction } from '../api/use-delete-function.ts';
import { useSetFunctionState } from '../api/use-set-function-state.ts';

/** Start, stop, delete: as a menu in a row, or with the first of them as a button on the function's own page. */
export function FunctionActions(props: {
  view: FunctionView;
  asButtons?: boolean;
  onDelete?: () => void | Promise<void>;
}) {
  const { view } = props;
  const notify = useNotify();
  const setState = useSetFunctionState();
  const remove = useDeleteFunction();
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const [isAsking, setAsking] = useState(false);
  const isStopped = view.state === 'stopped';
  const turn = () =>
    notify.outcome(
      setState.mutateAsync({
        project: view.project,
        name: view.name,
        state: isStopped ? 'active' : 'stopped',
      }),
      { failed: `${view.name} was not ${isStopped ? 'started' : 'stopped'}.` },
    );
  const confirmDelete = async () => {
    // First away from its page, which would ask for what is gone.
    await props.onDelete?.();
    notify.outcome(remove.mutateAsync({ project: view.project, name: view.name }), {
      done: () => `${view.name} is deleted.`,
      failed: `${view.name} was not deleted.`,
    });
  };
  const close = () => setAnchor(null);
  return (
    <>
      {props.asButtons && (
        <Button
          variant="outlined"
          color="inherit"
          startIcon={<Icon path={isStopped ? mdiPlay : mdiStop} />}
          onClick={turn}
          disabled={setState.isPending}
        >
          {isStopped ? 'Start' : 'Stop'}
        </Button>
      )}
      <IconButton
        aria-label={`Actions of ${view.name}`}
        aria-haspopup="menu"
        onClick={(event) => setAnchor(event.currentTarget)}
      >
        <Icon path={mdiDotsHorizontal} />
      </IconButton>
      {/* Of hundreds of rows only the one that is asked has a menu. */}
      {anchor && (
        <Menu anchorEl={anchor} open onClose={close}>
          {!props.asButtons && (
            <MenuItem
              onClick={() => {
                close();
                turn();
              }}
            >
              {isStopped ? 'Start' : 'Stop'}
            </MenuItem>
          )}
          <MenuItem
            sx={{ color: 'error.main' }}
            onClick={() => {
              close();
              setAsking(true);
            }}
          >
            Delete …
          </MenuItem>
        </Menu>
      )}
      {isAsking && (
        <ConfirmDialog
          title={`Delete ${view.name}?`}
          action="Delete the function"
          typed={view.name}
          onConfirm={() => void confirmDelete()}
          onClose={() => setAsking(false)}
        >
          Its versions, instances, hosts and logs go with it. Calls get “not found” from then on. This cannot
          be undone.
        </ConfirmDialog>
      )}
    </>
  );
}
