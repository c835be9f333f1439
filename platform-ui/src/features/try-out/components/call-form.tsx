import Box from '@mui/material/Box';
import MenuItem from '@mui/material/MenuItem';
import TextField from '@mui/material/TextField';
import type { FunctionView } from '@plat/platform-kit/api/views.ts';
import { Editor } from '../../../editor/editor.tsx';
import type { Call } from '../api/use-call-function.ts';
import { EventPicker } from './event-picker.tsx';
import { HeadersField } from './headers-field.tsx';
import type { RunTarget } from './run-target.ts';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD'];

/** What is run, and what it is called with. `problem`: why the event is none. */
export function CallForm(props: {
  view: FunctionView;
  target: RunTarget;
  onTarget: (target: string) => void;
  hasDraft: boolean;
  takesEvents: boolean;
  call: Call;
  onChange: (part: Partial<Call>) => void;
  problem: string | null;
  onRun: () => void;
}) {
  const { view, call, onChange, problem } = props;
  const isEvent = call.kind === 'event';
  const hasBody = isEvent || !['GET', 'HEAD'].includes(call.method);
  return (
    <Box sx={{ display: 'grid', gap: 1.5, gridTemplateColumns: 'minmax(0, 1fr)' }}>
      <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 1.25 }}>
        <TextField
          select
          label="Run"
          value={String(props.target)}
          onChange={(event) => props.onTarget(event.target.value)}
          sx={{ minWidth: 170 }}
        >
          {view.live !== null && <MenuItem value="live">live</MenuItem>}
          {view.versions
            .filter(({ state }) => state === 'ready')
            .map(({ number }) => (
              <MenuItem key={number} value={String(number)}>
                Version {number}
              </MenuItem>
            ))}
          <MenuItem value="draft">{props.hasDraft ? 'Draft: the code you changed' : 'Draft: the newest code'}</MenuItem>
        </TextField>
        {props.takesEvents && (
          <TextField
            select
            label="As"
            value={call.kind}
            onChange={(event) => onChange({ kind: event.target.value as Call['kind'] })}
            sx={{ minWidth: 120 }}
          >
            <MenuItem value="event">Event</MenuItem>
            <MenuItem value="http">HTTP call</MenuItem>
          </TextField>
        )}
        {isEvent ? (
          <EventPicker functionId={view.id} text={call.body} onPick={(body) => onChange({ body })} />
        ) : (
          <>
            <TextField
              select
              label="Method"
              value={call.method}
              onChange={(event) => onChange({ method: event.target.value })}
              sx={{ minWidth: 110 }}
            >
              {METHODS.map((method) => (
                <MenuItem key={method} value={method}>
                  {method}
                </MenuItem>
              ))}
            </TextField>
            <TextField
              label="Path and query"
              value={call.path}
              onChange={(event) => onChange({ path: event.target.value })}
              sx={{ flex: 1, minWidth: 160 }}
            />
          </>
        )}
      </Box>
      {!isEvent && <HeadersField value={call.headers} onChange={(headers) => onChange({ headers })} />}
      {hasBody && (
        <Box sx={{ height: 300, border: 1, borderColor: problem ? 'error.main' : 'divider', borderRadius: '8px', overflow: 'hidden' }}>
          <Editor
            path={isEvent ? 'event.json' : 'body.txt'}
            text={call.body}
            label={isEvent ? 'The event' : 'The body'}
            onChange={(body) => onChange({ body })}
            onRun={props.onRun}
          />
        </Box>
      )}
      {problem !== null && (
        <Box role="alert" sx={{ color: 'error.main', fontSize: 13 }}>
          The event is not JSON: {problem}
        </Box>
      )}
    </Box>
  );
} // prettier-ignore
