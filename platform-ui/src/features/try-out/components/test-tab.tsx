import { useState } from 'react';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { mdiPlay } from '@mdi/js';
import { CopyButton } from '../../../components/copy-button.tsx';
import { EmptyState } from '../../../components/empty-state.tsx';
import { ErrorPanel } from '../../../components/error-panel.tsx';
import { useShownFunction } from '../../../components/function-context.ts';
import { Icon } from '../../../components/icon.tsx';
import { Panel } from '../../../components/panel.tsx';
import { useShortcut } from '../../../components/shortcuts.tsx';
import { useSourceDraft } from '../../../components/source-draft.ts';
import { useUrlState } from '../../../components/url-state.ts';
import { useSource } from '../../source/api/use-source.ts';
import { useVersion } from '../../versions/api/use-version.ts';
import type { Call } from '../api/use-call-function.ts';
import { CallForm } from './call-form.tsx';
import { curlCommand } from './curl-command.ts';
import { draftCommand } from './draft-command.ts';
import { readTarget } from './run-target.ts';
import { EXAMPLES } from './saved-events.ts';
import { TestOutcome } from './test-outcome.tsx';
import { useTestRun } from './use-test-run.ts';

/** Calls what is deployed, or runs code that is not, with an event or an HTTP request. */
export function TestTab() {
  const view = useShownFunction();
  if (view.latest === 0)
    return <EmptyState title="Nothing is deployed yet">The first version can be tested here.</EmptyState>;
  return <Tests key={view.id} />;
}

function Tests() {
  const view = useShownFunction();
  const [run, setTarget] = useUrlState('run', view.live === null ? 'draft' : 'live');
  const target = readTarget(run);
  const { draft } = useSourceDraft();
  const isDraft = target === 'draft';
  const number = draft?.number ?? view.latest;
  const version = useVersion(view, number);
  const source = useSource(view, isDraft && draft === null ? number : null);
  const files = draft?.files ?? source.data;
  const config = version.data?.config;
  const takesEvents = (view.live ?? config)?.contract === 'handler';
  const [typed, setTyped] = useState<Partial<Call>>({});
  const call: Call = {
    project: view.project,
    name: view.name,
    kind: takesEvents ? 'event' : 'http',
    method: 'GET',
    path: '/',
    headers: {},
    body: takesEvents ? EXAMPLES[1]!.text : '',
    ...typed,
    version: typeof target === 'number' ? target : null,
  };
  const test = useTestRun(view);
  const problem = call.kind === 'event' ? jsonProblem(call.body) : null;
  const isReady = problem === null && (!isDraft || (files !== undefined && config !== undefined));
  const start = () => {
    if (!isReady || test.isPending) return;
    if (!isDraft) test.call(call);
    else if (files && config) test.runDraft(call, { files, config });
  };
  useShortcut('mod+enter', 'Run', start);
  useShortcut('escape', 'Give the run up', test.giveUp, test.isPending);
  const missing = isDraft ? (source.error ?? version.error) : null;
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
            {isDraft ? (
              <CopyButton text={draftCommand(call)} label="Copy as a plat command" />
            ) : (
              <CopyButton text={curlCommand(call, location.origin)} label="Copy as curl" />
            )}
            {test.isPending && (
              <Button color="inherit" onClick={test.giveUp}>
                Give up
              </Button>
            )}
            <Button
              variant="contained"
              startIcon={<Icon path={mdiPlay} />}
              loading={test.isPending}
              loadingPosition="start"
              disabled={!isReady}
              onClick={start}
            >
              Run
            </Button>
          </>
        }
      >
        <CallForm
          {...{ view, target, takesEvents, call, problem }}
          onTarget={setTarget}
          hasDraft={draft !== null}
          onChange={(part) => setTyped((before) => ({ ...before, ...part }))}
          onRun={start}
        />
        {isDraft && (
          <Typography variant="body2" color="textSecondary" sx={{ mt: 1.5 }}>
            {draft === null ? 'The newest code' : 'The code you changed'} with the settings of version{' '}
            {number}, in a fresh sandbox: it is built, called once and removed. Nothing is deployed.
          </Typography>
        )}
      </Panel>
      <Box sx={{ minWidth: 0 }} aria-live="polite">
        {missing ? (
          <ErrorPanel error={missing} />
        ) : test.error ? (
          <ErrorPanel error={test.error} onRetry={start} />
        ) : (
          <TestOutcome run={test} isDraft={isDraft} />
        )}
      </Box>
    </Box>
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
