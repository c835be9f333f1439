import MenuItem from '@mui/material/MenuItem';
import TextField from '@mui/material/TextField';

export type Choice = { value: string; label: string };

/** One of some values. */
export function ChoiceSelect(props: {
  label: string;
  value: string;
  options: readonly Choice[];
  onChange: (value: string) => void;
}) {
  return (
    <TextField
      select
      value={props.value}
      onChange={(event) => props.onChange(event.target.value)}
      sx={{ minWidth: 150, flex: { xs: 1, sm: 'none' } }}
      slotProps={{
        select: { displayEmpty: true, SelectDisplayProps: { 'aria-label': props.label } },
        htmlInput: { 'aria-label': props.label },
      }}
    >
      {props.options.map(({ value, label }) => (
        <MenuItem key={value} value={value}>
          {label}
        </MenuItem>
      ))}
    </TextField>
  );
}

/** What an address says, when it is one of the choices. */
export function oneOf(options: readonly Choice[], value: string, fallback: string): string {
  return options.some((option) => option.value === value) ? value : fallback;
}
