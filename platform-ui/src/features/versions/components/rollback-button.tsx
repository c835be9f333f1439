import { useState } from 'react';
import Button from '@mui/material/Button';
import { mdiHistory } from '@mdi/js';
import type { FunctionView } from '@plat/platform-kit/api/views.ts';
import { Icon } from '../../../components/icon.tsx';
import { RollbackDialog } from './rollback-dialog.tsx';

export function RollbackButton({ view }: { view: FunctionView }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button
        color="inherit"
        startIcon={<Icon path={mdiHistory} />}
        disabled={view.live === null}
        onClick={() => setOpen(true)}
      >
        Roll back …
      </Button>
      {isOpen && <RollbackDialog view={view} onClose={() => setOpen(false)} />}
    </>
  );
}
