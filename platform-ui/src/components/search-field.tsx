import { useRef } from 'react';
import InputAdornment from '@mui/material/InputAdornment';
import TextField from '@mui/material/TextField';
import { mdiMagnify } from '@mdi/js';
import { Icon } from './icon.tsx';
import { useShortcut } from './shortcuts.tsx';

/** Filters what is below it. `/` leads here, `esc` empties it and leaves. */
export function SearchField(props: { label: string; value: string; onChange: (value: string) => void }) {
  const input = useRef<HTMLInputElement>(null);
  useShortcut('/', 'Search', () => input.current?.focus());
  return (
    <TextField
      inputRef={input}
      value={props.value}
      onChange={(event) => props.onChange(event.target.value)}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        props.onChange('');
        input.current?.blur();
      }}
      placeholder={props.label}
      sx={{ width: { xs: '100%', sm: 300 } }}
      slotProps={{
        htmlInput: { 'aria-label': props.label, type: 'search', spellCheck: false },
        input: {
          startAdornment: (
            <InputAdornment position="start">
              <Icon path={mdiMagnify} sx={{ color: 'text.secondary' }} />
            </InputAdornment>
          ),
        },
      }}
    />
  );
}
