import MenuItem from '@mui/material/MenuItem';
import TextField from '@mui/material/TextField';

/** One of a few values, or all of them. A value that is none of them, from an address, is shown as it is. */
export function FilterSelect(props: {
  label: string;
  value: string;
  options: readonly { value: string; label: string }[];
  all: string;
  onChange: (value: string) => void;
}) {
  const isKnown = props.value === '' || props.options.some(({ value }) => value === props.value);
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
      <MenuItem value="">{props.all}</MenuItem>
      {props.options.map(({ value, label }) => (
        <MenuItem key={value} value={value}>
          {label}
        </MenuItem>
      ))}
      {!isKnown && <MenuItem value={props.value}>{props.value}</MenuItem>}
    </TextField>
  );
}
