import Box from '@mui/material/Box';
import TextField from '@mui/material/TextField';
import type { RolloutDraft } from './rollout-draft.ts';

const FIELDS: readonly [name: keyof RolloutDraft, label: string, help: string][] = [
  ['steps', 'Steps, in %', 'Shares of the calls; the last is 100'],
  ['step', 'Each for at least', 'Such as 30s or 10m'],
  ['minCalls', 'Least calls', 'Of the new version before it is judged'],
  ['maxErrors', 'More errors, in %', 'Above that of the old one: taken back'],
  ['maxP95Ratio', 'Slower, times', 'p95 above that: taken back'],
];

/** How a rollout is to go. */
export function RolloutForm(props: {
  draft: RolloutDraft;
  onChange: (draft: RolloutDraft) => void;
  problems: Partial<Record<keyof RolloutDraft, string>>;
}) {
  return (
    <Box sx={{ display: 'grid', gap: 1.75, gridTemplateColumns: { xs: 'minmax(0, 1fr)', sm: 'repeat(2, minmax(0, 1fr))' }, alignItems: 'start' }}>
      {FIELDS.map(([name, label, help]) => (
        <TextField
          key={name}
          label={label}
          value={props.draft[name]}
          onChange={(event) => props.onChange({ ...props.draft, [name]: event.target.value })}
          error={props.problems[name] !== undefined}
          helperText={props.problems[name] ?? help}
          slotProps={{ htmlInput: { spellCheck: false, autoComplete: 'off' } }}
        />
      ))}
    </Box>
  );
} // prettier-ignore
