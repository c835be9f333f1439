import { useId, useState, type KeyboardEvent } from 'react';
import Box from '@mui/material/Box';
import Dialog from '@mui/material/Dialog';
import InputBase from '@mui/material/InputBase';
import { Icon } from '../components/icon.tsx';
import { findEntries, type PaletteEntry } from './palette-entries.ts';
import { usePaletteEntries } from './use-palette-entries.ts';

const HIDDEN = {
  position: 'absolute',
  width: '1px',
  height: '1px',
  overflow: 'hidden',
  clipPath: 'inset(50%)',
} as const;

/** Pages, functions and actions by their names: arrows choose, `Enter` goes. */
export function CommandPalette({ onClose }: { onClose: () => void }) {
  const id = useId();
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const found = findEntries(usePaletteEntries(text), text);
  const chosen = Math.min(at, found.length - 1);
  const run = (entry: PaletteEntry | undefined) => {
    if (!entry) return;
    onClose();
    entry.run();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step !== 0) setAt((chosen + step + found.length) % Math.max(found.length, 1));
    else if (event.key === 'Enter') run(found[chosen]);
    else return;
    event.preventDefault();
  };
  return (
    <Dialog open onClose={onClose} fullWidth maxWidth="sm" aria-labelledby={`${id}-title`} sx={{ '& .MuiDialog-container': { alignItems: 'flex-start' } }}>
      <Box component="h2" id={`${id}-title`} sx={HIDDEN}>
        Go to
      </Box>
      <InputBase
        autoFocus
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setAt(0);
        }}
        onKeyDown={onKeyDown}
        placeholder="A page, a function, an action, or a request id"
        inputProps={{
          role: 'combobox',
          'aria-label': 'Go to',
          'aria-expanded': found.length > 0,
          'aria-autocomplete': 'list',
          ...(found.length > 0 && { 'aria-controls': `${id}-list`, 'aria-activedescendant': `${id}-${chosen}` }),
          spellCheck: false,
        }}
        sx={{ px: 2, py: 1.25, fontSize: 15, borderBottom: 1, borderColor: 'divider' }}
      />
      {found.length === 0 && (
        <Box role="status" sx={{ p: 2, color: 'text.secondary' }}>
          Nothing fits.
        </Box>
      )}
      <Box hidden={found.length === 0} component="ul" role="listbox" id={`${id}-list`} aria-label="What fits" sx={{ listStyle: 'none', m: 0, p: 0.75, minHeight: 120, maxHeight: 460, overflowY: 'auto' }}>
        {found.map((entry, index) => (
          <Box
            component="li"
            role="option"
            key={entry.id}
            id={`${id}-${index}`}
            aria-selected={index === chosen}
            onClick={() => run(entry)}
            onMouseMove={() => setAt(index)}
            sx={{ display: 'flex', alignItems: 'center', gap: 1.25, px: 1.25, minHeight: 36, borderRadius: '8px', cursor: 'pointer', bgcolor: index === chosen ? 'action.selected' : 'transparent' }}
          >
            <Icon path={entry.icon} sx={{ color: 'text.secondary' }} />
            <Box component="span" sx={{ flex: 1, minWidth: 0, overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }}>
              {entry.label}
            </Box>
            <Box component="span" sx={{ color: index === chosen ? 'text.primary' : 'text.secondary', fontSize: 12.5 }}>
              {entry.kind}
            </Box>
          </Box>
        ))}
      </Box>
    </Dialog>
  );
} // prettier-ignore
