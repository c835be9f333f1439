import { Suspense, lazy } from 'react';
import { useShortcut } from '../components/shortcuts.tsx';

const CommandPalette = lazy(async () => ({
  default: (await import('./command-palette.tsx')).CommandPalette,
}));

/** `mod+k`: go to a page, a function or a call, or do something to a function. */
export function PaletteOpener({ isOpen, setOpen }: { isOpen: boolean; setOpen: (isOpen: boolean) => void }) {
  useShortcut('mod+k', 'Go to …', () => setOpen(true));
  return isOpen ? (
    <Suspense>
      <CommandPalette onClose={() => setOpen(false)} />
    </Suspense>
  ) : null;
}
