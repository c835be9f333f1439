import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import Skeleton from '@mui/material/Skeleton';
import type { FunctionView } from '@plat/platform-kit/api/views.ts';
import { ErrorPanel } from '../../../components/error-panel.tsx';
import { useNotify } from '../../../components/notices.tsx';
import { QueryView } from '../../../components/query-view.tsx';
import { RequestPreview } from '../../../components/request-preview.tsx';
import { useRollbackPreview } from '../api/use-rollback-preview.ts';
import { useRollback } from '../api/use-rollback.ts';
import { LiveChange } from './live-change.tsx';

/** Moves alias `live` back to what it named before, after showing what that is. */
export function RollbackDialog({ view, onClose }: { view: FunctionView; onClose: () => void }) {
  const rollback = useRollback(view);
  const preview = useRollbackPreview(view, rollback.isIdle || rollback.isError);
  const notify = useNotify();
  const live = view.aliases.find(({ name }) => name === 'live')?.weights ?? [];
  const send = () =>
    rollback.mutate(undefined, {
      onSuccess: ({ from, to }) => {
        notify.done(`Rolled back from version ${from} to version ${to}.`);
        onClose();
      },
    });
  return (
    <Dialog open onClose={onClose} fullWidth maxWidth="sm" aria-labelledby="rollback-title">
      <DialogTitle id="rollback-title" variant="h2">
        Roll back
      </DialogTitle>
      <DialogContent sx={{ display: 'grid', gap: 2, gridTemplateColumns: 'minmax(0, 1fr)' }}>
        <QueryView query={preview} skeleton={<Skeleton variant="rounded" height={96} />}>
          {({ weights }) => (
            <>
              <LiveChange functionKey={view} from={live} to={weights} />
              <RequestPreview request={rollback.request} />
            </>
          )}
        </QueryView>
        {rollback.error && <ErrorPanel error={rollback.error} />}
      </DialogContent>
      <DialogActions sx={{ px: 3, pb: 2.5 }}>
        <Button color="inherit" onClick={onClose}>
          Cancel
        </Button>
        <Button
          variant="contained"
          onClick={send}
          loading={rollback.isPending}
          disabled={preview.data === undefined}
        >
          Roll back
        </Button>
      </DialogActions>
    </Dialog>
  );
}
