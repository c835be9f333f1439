import Box from '@mui/material/Box';
import MenuItem from '@mui/material/MenuItem';
import TextField from '@mui/material/TextField';
import type { ConfigDraft } from './config-draft.ts';

/** The settings of a function that are not its code. Problems come from the schema that the platform itself has. */
export function ConfigForm(props: {
  draft: ConfigDraft;
  onChange: (draft: ConfigDraft) => void;
  problems: Readonly<Record<string, string>>;
  takesHandler: boolean;
}) {
  const { draft, problems } = props;
  const field = (name: keyof ConfigDraft, label: string, help: string) => (
    <TextField
      label={label}
      value={draft[name]}
      onChange={(event) => props.onChange({ ...draft, [name]: event.target.value })}
      error={problems[name] !== undefined}
      helperText={problems[name] ?? help}
      slotProps={{ htmlInput: { spellCheck: false, autoComplete: 'off' } }}
    />
  );
  return (
    <Box
      sx={{
        display: 'grid',
        gap: 2,
        gridTemplateColumns: 'repeat(auto-fill, minmax(min(100%, 230px), 1fr))',
        alignItems: 'start',
      }}
    >
      {props.takesHandler && field('handler', 'Handler', 'What to call, such as index.handler')}
      {field('memory', 'Memory', 'Of an instance, such as 128MB or 1GB')}
      {field('cpu', 'CPU', 'Cores of an instance, such as 0.5')}
      {field('timeout', 'Timeout', 'Of one call, such as 30s or 5m')}
      {field('concurrency', 'Concurrency', 'Calls that an instance serves at once')}
      {field('min', 'Least instances', 'Always kept; 0 lets the function sleep')}
      {field('max', 'Most instances', 'Of a version')}
      {field('target', 'Target', 'How full instances should be, from 0.1 to 1')}
      {field('pauseAfter', 'Paused after', 'Without a call; wakes in milliseconds')}
      {field('stopAfter', 'Stopped after', 'Without a call; keeps no memory')}
      {field('idle', 'Removed after', 'Without a call, such as 15m')}
      <TextField
        select
        label="Edge"
        value={draft.edge}
        onChange={(event) => props.onChange({ ...draft, edge: event.target.value as ConfigDraft['edge'] })}
        error={problems['edge'] !== undefined}
        helperText={problems['edge'] ?? 'Who reaches it at its own host, without a token'}
      >
        <MenuItem value="proxy">Own host, through the proxy</MenuItem>
        <MenuItem value="direct">Own host, from Traefik directly</MenuItem>
        <MenuItem value="off">Off: only with a token</MenuItem>
      </TextField>
      <TextField
        select
        label="Bodies kept"
        value={draft.keepBodies}
        onChange={(event) =>
          props.onChange({ ...draft, keepBodies: event.target.value as ConfigDraft['keepBodies'] })
        }
        helperText="With the record of a call, in part"
      >
        <MenuItem value="off">None</MenuItem>
        <MenuItem value="errors">Of calls that fail</MenuItem>
        <MenuItem value="all">Of all calls</MenuItem>
      </TextField>
      <TextField
        label="Environment, one NAME=value a line"
        multiline
        minRows={3}
        maxRows={14}
        value={draft.env}
        onChange={(event) => props.onChange({ ...draft, env: event.target.value })}
        error={problems['env'] !== undefined}
        helperText={problems['env'] ?? 'Only those who may deploy see the values'}
        sx={{ gridColumn: '1 / -1' }}
        slotProps={{ htmlInput: { spellCheck: false } }}
      />
    </Box>
  );
}
