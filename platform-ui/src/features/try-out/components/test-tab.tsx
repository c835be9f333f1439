import { useState } from 'react';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import MenuItem from '@mui/material/MenuItem';
import TextField from '@mui/material/TextField';
import { mdiPlay } from '@mdi/js';
import { CopyButton } from '../../../components/copy-button.tsx';
import { EmptyState } from '../../../components/empty-state.tsx';
import { ErrorPanel } from '../../../components/error-panel.tsx';
import { useShownFunction } from '../../../components/function-context.ts';
import { Icon } from '../../../components/icon.tsx';
import { Panel } from '../../../components/panel.tsx';
import { useShortcut } from '../../../components/shortcuts.tsx';
import { Editor } from '../../../editor/editor.tsx';
import { useCallFunction, type Call } from '../api/use-call-function.ts';
import { CallOutcome } from './call-outcome.tsx';
import { curlCommand } from './curl-command.ts';
import { EventPicker } from './event-picker.tsx';
import { EXAMPLES } from './saved-events.ts';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD'];

/** Calls what is deployed, with an event or an HTTP request. */
export function TestTab() {
  const view = useShownFunction();
  const takesEvents = view.live?.contract === 'handler';
  const [call, setCall] = useState<Call>({
    project: view.project,
    name: view.name,
    kind: takesEvents ? 'event' : 'http',
    version: null,
    method: 'GET',
    path: '/',
    headers: {},
    body: takesEvents ? EXAMPLES[1]!.text : '',
  });
  const run = useCallFunction();
  const problem = call.kind === 'event' ? jsonProblem(call.body) : null;
  const start = () => {
    if (problem === null && !run.isPending) run.mutate(call);
  };
  useShortcut('mod+enter', 'Run', start);
  const change = (part: Partial<Call>) => setCall((before) => ({ ...before, ...part }));
  if (view.live === null)
    return (
      <EmptyState title="Nothing is deployed yet">
        The first version that is ready can be tested here.
      </EmptyState>
    );
  const hasBody = call.kind === 'event' || !['GET', 'HEAD'].includes(call.method);
  return (
    <Box
      sx={{
        display: 'grid',
        gap: 2,
        gridTemplateColumns: { xs: 'minmax(0, 1fr)', lg: 'minmax(0, 1fr) minmax(0, 1fr)' },
        alignItems: 'start',
      }}
    >
      <Panel
        title="Call"
        actions={
          <>
            <CopyButton text={curlCommand(call, location.origin)} label="Copy as curl" />
            <Button
              variant="contained"
              startIcon={<Icon path={mdiPlay} />}
              loading={run.isPending}
              loadingPosition="start"
              disabled={problem !== null}
              onClick={start}
            >
              Run
            </Button>
          </>
        }
      >
        <Box sx={{ display: 'grid', gap: 1.5, gridTemplateColumns: 'minmax(0, 1fr)' }}>
          <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 1.25 }}>
            {takesEvents && (
              <TextField
                select
                label="As"
                value={call.kind}
                onChange={(event) => change({ kind: event.target.value as Call['kind'] })}
                sx={{ minWidth: 130 }}
              >
                <MenuItem value="event">Event</MenuItem>
                <MenuItem value="http">HTTP call</MenuItem>
              </TextField>
            )}
            <TextField
              select
              label="Version"
              value={call.version ?? ''}
              onChange={(event) =>
                change({ version: event.target.value === '' ? null : Number(event.target.value) })
              }
              sx={{ minWidth: 130 }}
              slotProps={{ select: { displayEmpty: true }, inputLabel: { shrink: true } }}
            >
              <MenuItem value="">live</MenuItem>
              {view.versions
                .filter(({ state }) => state === 'ready')
                .map(({ number }) => (
                  <MenuItem key={number} value={number}>
                    Version {number}
                  </MenuItem>
                ))}
            </TextField>
            {call.kind === 'event' ? (
              <EventPicker functionId={view.id} text={call.body} onPick={(body) => change({ body })} />
            ) : (
              <>
                <TextField
                  select
                  label="Method"
                  value={call.method}
                  onChange={(event) => change({ method: event.target.value })}
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
                  onChange={(event) => change({ path: event.target.value })}
                  sx={{ flex: 1, minWidth: 160 }}
                />
              </>
            )}
          </Box>
          {call.kind === 'http' && (
            <HeadersField value={call.headers} onChange={(headers) => change({ headers })} />
          )}
          {hasBody && (
            <Box
              sx={{
                height: 300,
                border: 1,
                borderColor: problem ? 'error.main' : 'divider',
                borderRadius: '8px',
                overflow: 'hidden',
              }}
            >
              <Editor
                path={call.kind === 'event' ? 'event.json' : 'body.txt'}
                text={call.body}
                label={call.kind === 'event' ? 'The event' : 'The body'}
                onChange={(body) => change({ body })}
                onRun={start}
              />
            </Box>
          )}
          {problem !== null && (
            <Box role="alert" sx={{ color: 'error.main', fontSize: 13 }}>
              The event is not JSON: {problem}
            </Box>
          )}
        </Box>
      </Panel>
      <Box sx={{ minWidth: 0 }}>
        {run.error ? (
          <ErrorPanel error={run.error} onRetry={start} />
        ) : run.data ? (
          <CallOutcome result={run.data} />
        ) : (
          <EmptyState title="No call yet">
            Run one, and its answer, its logs and where its time went show up here.
          </EmptyState>
        )}
      </Box>
    </Box>
  );
}

function HeadersField(props: {
  value: Record<string, string>;
  onChange: (headers: Record<string, string>) => void;
}) {
  const [text, setText] = useState(Object.entries(props.value).map((pair) => pair.join(': ')).join('\n')); // prettier-ignore
  return (
    <TextField
      label="Headers, one a line"
      multiline
      minRows={2}
      maxRows={6}
      value={text}
      placeholder="content-type: application/json"
      onChange={(event) => {
        setText(event.target.value);
        const pairs = event.target.value.split('\n').flatMap((line) => {
          const match = /^([!#$%&'*+.^_`|~\w-]+):\s*(.*)$/.exec(line.trim());
          return match ? [[match[1]!, match[2]!] as const] : [];
        });
        props.onChange(Object.fromEntries(pairs));
      }}
    />
  );
}

function jsonProblem(text: string): string | null {
  try {
    JSON.parse(text);
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}
