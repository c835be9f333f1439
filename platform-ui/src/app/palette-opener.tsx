import { Suspense, lazy } from 'react';
import Dialog from '@mui/material/Dialog';
import { PartBoundary, PartFailure } from '../components/part-boundary.tsx';
import { useShortcut } from '../components/shortcuts.tsx';

const CommandPalette = lazy(async () => ({
  default: (await import('./command-palette.tsx')).CommandPalette,
}));

/** `mod+k`: go to a page, a function or a call, or do something to a function. */
export function PaletteOpener({ isOpen, setOpen }: { isOpen: boolean; setOpen: (isOpen: boolean) => void }) {
  useShortcut('mod+k', 'Go to …', () => setOpen(true));
  const close = () => setOpen(false);
  return isOpen ? (
    <PartBoundary
      fallback={(error) => (
        <Dialog open onClose={close}>
          <PartFailure error={error} />
        </Dialog>
      )}
    >
      <Suspense>
        <CommandPalette onClose={close} />
      </Suspense>
    </PartBoundary>
  ) : null;
}
