import { useRef, useState } from 'react';
import InputAdornment from '@mui/material/InputAdornment';
import TextField from '@mui/material/TextField';
import { mdiMagnify } from '@mdi/js';
import { Icon } from './icon.tsx';
import { useShortcut } from './shortcuts.tsx';

/**
 * Filters what is below it. `/` leads here, `esc` empties it and leaves. What is typed is kept here: an address takes it up a
 * moment later, and while somebody types it has nothing to say back.
 */
export function SearchField(props: { label: string; value: string; onChange: (value: string) => void }) {
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(props.value);
  const [isTyping, setTyping] = useState(false);
  const [known, setKnown] = useState(props.value);
  useShortcut('/', 'Search', () => input.current?.focus());
  if (props.value !== known) {
    setKnown(props.value);
    if (!isTyping) setText(props.value);
  }
  const change = (next: string) => {
    setText(next);
    props.onChange(next);
  };
  return (
    <TextField
      inputRef={input}
      value={text}
      onChange={(event) => change(event.target.value)}
      onFocus={() => setTyping(true)}
      onBlur={() => setTyping(false)}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        change('');
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
