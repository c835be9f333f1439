import Box from '@mui/material/Box';
import Skeleton from '@mui/material/Skeleton';
import type { ExecutionDetail } from '@plat/platform-kit/api/executions-api.ts';
import { formatBytes } from '@plat/platform-kit/quantities.ts';
import { ErrorPanel } from '../../../components/error-panel.tsx';
import { Facts } from '../../../components/facts.tsx';
import { Link } from '../../../components/link.tsx';
import { Panel } from '../../../components/panel.tsx';
import { PhaseTimeline } from '../../../components/phase-timeline.tsx';
import { planPhases } from '../../../components/plan-phases.ts';
import { QueryView } from '../../../components/query-view.tsx';
import { formatMs } from '../../../format/numbers.ts';
import { paths } from '../../../paths.ts';
import type { CallResult } from '../api/use-call-function.ts';
import { useExecution } from '../api/use-execution.ts';
import { AnswerPanel } from './answer-panel.tsx';
import { PrintedPanel } from './printed-panel.tsx';

/** What came of a call: its answer, who failed, where the time went, what it used, and what it printed. */
export function CallOutcome({ result }: { result: CallResult }) {
  const execution = useExecution(result.requestId);
  const contentType = result.headers.find(([name]) => name === 'content-type')?.[1] ?? '';
  return (
    <Box sx={{ display: 'grid', gap: 2, gridTemplateColumns: 'minmax(0, 1fr)' }}>
      {result.problem && <ErrorPanel error={result.problem} />}
      <AnswerPanel
        status={result.status}
        from={result.problem ? (result.problem.component ?? 'unknown part') : null}
        took={`${formatMs(result.durationMs)}, as this browser saw it`}
        contentType={contentType}
        bodyBytes={result.bodyBytes}
        body={result.problem || result.isBinary ? null : result.body}
      />
      <QueryView query={execution} skeleton={<Skeleton variant="rounded" height={320} />}>
        {(call) => <Recorded call={call} />}
      </QueryView>
    </Box>
  );
}

function Recorded({ call }: { call: ExecutionDetail }) {
  return (
    <>
      <Panel
        title="Where the time went"
        isFlush
        actions={
          <Link to={paths.execution(call.id)} sx={{ fontSize: 13 }}>
            Open its execution
          </Link>
        }
      >
        <PhaseTimeline label="Phases of the call" phases={planPhases(call.phases)} />
        <Box sx={{ p: 2, borderTop: 1, borderColor: 'divider' }}>
          <Facts
            facts={[
              ['Version', call.version === null ? 'none' : String(call.version)],
              ['Start', call.cold ? `cold, ${formatMs(call.wakeMs)} until an instance was there` : 'warm'],
              ['CPU', call.cpuMs === null ? 'not measured' : formatMs(call.cpuMs)],
              ['Memory', call.memoryBytes === null ? 'not measured' : formatBytes(call.memoryBytes)],
              ...(call.errorMessage === null ? [] : [['Error', call.errorMessage] as const]),
            ]}
          />
        </Box>
      </Panel>
      <PrintedPanel logs={call.logs} problem={call.logsProblem} />
    </>
  );
}
