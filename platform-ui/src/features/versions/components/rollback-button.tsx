import Button from '@mui/material/Button';
import { mdiHistory } from '@mdi/js';
import type { FunctionView } from '@plat/platform-kit/api/views.ts';
import { Icon } from '../../../components/icon.tsx';
import { useNotify } from '../../../components/notices.tsx';
import { useRollback } from '../api/use-rollback.ts';

export function RollbackButton({ view }: { view: FunctionView }) {
  const rollback = useRollback(view);
  const notify = useNotify();
  return (
    <Button
      color="inherit"
      startIcon={<Icon path={mdiHistory} />}
      loading={rollback.isPending}
      loadingPosition="start"
      disabled={view.live === null}
      onClick={() =>
        notify.outcome(rollback.mutateAsync(), {
          done: ({ from, to }) => `Rolled back from version ${from} to version ${to}.`,
          failed: 'Nothing was rolled back.',
        })
      }
    >
      Roll back
    </Button>
  );
}
