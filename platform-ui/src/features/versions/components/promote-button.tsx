import { useState } from 'react';
import Button from '@mui/material/Button';
import type { FunctionView } from '@plat/platform-kit/api/views.ts';
import { LiveDialog } from './live-dialog.tsx';

/** Makes a version live, after saying what that changes. */
export function PromoteButton({ view, number }: { view: FunctionView; number: number }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button
        variant="outlined"
        color="inherit"
        aria-label={`Make live: version ${number}`}
        onClick={() => setOpen(true)}
      >
        Make live …
      </Button>
      {isOpen && <LiveDialog view={view} number={number} onClose={() => setOpen(false)} />}
    </>
  );
}
