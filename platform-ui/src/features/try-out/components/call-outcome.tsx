import Box from '@mui/material/Box';
import Skeleton from '@mui/material/Skeleton';
import Typography from '@mui/material/Typography';
import { formatBytes } from '@plat/platform-kit/quantities.ts';
import { CopyButton } from '../../../components/copy-button.tsx';
import { ErrorPanel } from '../../../components/error-panel.tsx';
import { Facts } from '../../../components/facts.tsx';
import { Panel } from '../../../components/panel.tsx';
import { QueryView } from '../../../components/query-view.tsx';
import { StateMark } from '../../../components/state-mark.tsx';
import { formatMs } from '../../../format/numbers.ts';
import { formatClock } from '../../../format/time.ts';
import type { CallResult } from '../api/use-call-function.ts';
import { useExecution } from '../api/use-execution.ts';

/** What came of a call: its answer, who failed, where the time went, and what it printed. */
export function CallOutcome({ result }: { result: CallResult }) {
  const execution = useExecution(result.requestId);
  return (
    <Box sx={{ display: 'grid', gap: 2, gridTemplateColumns: 'minmax(0, 1fr)' }}>
      {result.problem && <ErrorPanel error={result.problem} />}
      <Panel
        title="Answer"
        actions={
          <StateMark
            tone={result.status < 400 ? 'good' : result.problem ? 'bad' : 'warning'}
            label={`${result.status}`}
          />
        }
      >
        <Facts
          facts={[
            [
              'Came from',
              result.problem
                ? `the platform (${result.problem.component ?? 'unknown part'})`
                : 'the function',
            ],
            ['Took', `${formatMs(result.durationMs)}, as this browser saw it`],
            ['Body', `${formatBytes(result.bodyBytes)}${contentType(result)}`],
          ]}
        />
        {!result.problem && result.bodyBytes > 0 && (
          <Output label="Body" text={result.isBinary ? '(no text)' : pretty(result.body)} />
        )}
      </Panel>
      <Panel
        title="What the platform recorded"
        actions={
          result.requestId !== null && <CopyButton text={result.requestId} label="Copy the request id" />
        }
      >
        <QueryView query={execution} skeleton={<Skeleton variant="rectangular" height={180} />}>
          {(call) => (
            <>
              <Facts
                facts={[
                  ['Version', call.version === null ? 'none' : String(call.version)],
                  [
                    'Start',
                    call.cold ? `cold, ${formatMs(call.wakeMs)} until an instance was there` : 'warm',
                  ],
                  ['Waited', formatMs(call.queueMs)],
                  ['Function took', formatMs(call.durationMs)],
                  ['CPU', call.cpuMs === null ? 'not measured' : formatMs(call.cpuMs)],
                  ['Memory', call.memoryBytes === null ? 'not measured' : formatBytes(call.memoryBytes)],
                ]}
              />
              {call.errorMessage !== null && <Output label="Error" text={call.errorMessage} />}
              <Typography variant="h3" sx={{ mt: 2, mb: 0.75 }}>
                Logs
              </Typography>
              {call.logs === null || call.logs.length === 0 ? (
                <Typography variant="body2" color="textSecondary">
                  {call.logsProblem ?? 'It printed nothing.'}
                </Typography>
              ) : (
                <Output
                  label="Logs"
                  text={call.logs.map(({ at, text }) => `${formatClock(at)}  ${text}`).join('\n')}
                />
              )}
            </>
          )}
        </QueryView>
      </Panel>
    </Box>
  );
}

function Output({ label, text }: { label: string; text: string }) {
  return (
    <Box
      component="pre"
      aria-label={label}
      tabIndex={0}
      sx={{
        m: 0,
        mt: 1,
        p: 1.5,
        bgcolor: 'action.hover',
        borderRadius: '8px',
        maxHeight: 360,
        overflow: 'auto',
        fontSize: 12.5,
        lineHeight: 1.6,
        whiteSpace: 'pre-wrap',
        overflowWrap: 'anywhere',
      }}
    >
      {text}
    </Box>
  );
}

function contentType({ headers }: CallResult): string {
  const type = headers.find(([name]) => name === 'content-type')?.[1];
  return type === undefined ? '' : `, ${type}`;
}

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
