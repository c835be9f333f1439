import Box from '@mui/material/Box';
import Skeleton from '@mui/material/Skeleton';
import { useParams } from 'react-router';
import type { ExecutionDetail } from '@plat/platform-kit/api/executions-api.ts';
import { Link } from '../../../components/link.tsx';
import { PageHeader } from '../../../components/page-header.tsx';
import { Panel } from '../../../components/panel.tsx';
import { PhaseTimeline } from '../../../components/phase-timeline.tsx';
import { planPhases } from '../../../components/plan-phases.ts';
import { QueryView } from '../../../components/query-view.tsx';
import { paths } from '../../../paths.ts';
import { useExecution } from '../api/use-execution.ts';
import { useReplay } from '../api/use-replay.ts';
import { ExecutionActions } from './execution-actions.tsx';
import { ExecutionBodies } from './execution-bodies.tsx';
import { ExecutionFacts } from './execution-facts.tsx';
import { ExecutionLogs } from './execution-logs.tsx';
import { ExecutionProblem } from './execution-problem.tsx';
import { OutcomeMark } from '../../../components/outcome-mark.tsx';
import { ReplayResult } from './replay-result.tsx';

/** One call, by its id or its request id. */
export function ExecutionPage() {
  const { id = '' } = useParams();
  const query = useExecution(id);
  return (
    <QueryView query={query} skeleton={<Skeleton variant="rounded" height={560} />}>
      {(execution) => <Shown key={execution.id} execution={execution} />}
    </QueryView>
  );
}

function Shown({ execution }: { execution: ExecutionDetail }) {
  const replay = useReplay(execution.id);
  const { project, function: name } = execution;
  return (
    <>
      <PageHeader
        title={`${execution.method} ${execution.path}`}
        above={
          <Box component="nav" aria-label="Where this is" sx={{ fontSize: 13, color: 'text.secondary', mb: 0.5 }}>
            <Link to={paths.executions} color="inherit">Executions</Link>
            {' / '}
            <Link to={paths.functionExecutions({ project, name })} color="inherit">{project}/{name}</Link>
          </Box>
        }
        beside={<OutcomeMark execution={execution} />}
        actions={<ExecutionActions execution={execution} isBusy={replay.isPending} onReplay={() => replay.mutate()} />}
      />
      <Box sx={{ display: 'grid', gap: 2, gridTemplateColumns: { xs: 'minmax(0, 1fr)', lg: 'minmax(0, 5fr) minmax(0, 3fr)' }, alignItems: 'start' }}>
        <Box sx={{ display: 'grid', gap: 2, gridTemplateColumns: 'minmax(0, 1fr)' }}>
          <ReplayResult isPending={replay.isPending} error={replay.error} replay={replay.data} />
          {execution.outcome !== 'ok' && <ExecutionProblem execution={execution} />}
          <Panel title="Where the time went" isFlush>
            <PhaseTimeline label="Phases of the call" phases={planPhases(execution.phases)} />
          </Panel>
          <ExecutionLogs execution={execution} />
          <ExecutionBodies execution={execution} />
        </Box>
        <Panel title="Facts">
          <ExecutionFacts execution={execution} />
        </Panel>
      </Box>
    </>
  );
} // prettier-ignore
