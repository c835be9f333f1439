import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import Skeleton from '@mui/material/Skeleton';
import { useParams } from 'react-router';
import type { FunctionView } from '@plat/platform-kit/api/views.ts';
import type { VersionRecord } from '@plat/platform-kit/domain.ts';
import { formatBytes } from '@plat/platform-kit/quantities.ts';
import { isTerminal } from '@plat/platform-kit/version-states.ts';
import { BuildLog } from '../../../components/build-log.tsx';
import { configFacts } from '../../../components/config-facts.ts';
import { ErrorPanel } from '../../../components/error-panel.tsx';
import { Facts } from '../../../components/facts.tsx';
import { useShownFunction } from '../../../components/function-context.ts';
import { useNotify } from '../../../components/notices.tsx';
import { Panel } from '../../../components/panel.tsx';
import { PhaseTimeline } from '../../../components/phase-timeline.tsx';
import { TimeAgo } from '../../../components/time-ago.tsx';
import { VersionProblem } from '../../../components/version-problem.tsx';
import { VersionState } from '../../../components/version-state.tsx';
import { useCancelVersion } from '../api/use-cancel-version.ts';
import { useDeployProgress } from '../api/use-deploy-progress.ts';
import { planDeploy } from './plan-deploy.ts';
import { PromoteButton } from './promote-button.tsx';
import { RedeployButton } from './redeploy-button.tsx';

/** One version: how its deploy goes or went, live, and what it is. */
export function VersionPage() {
  const number = Number(useParams()['number']);
  return <Version key={number} number={number} />;
}

function Version({ number }: { number: number }) {
  const view = useShownFunction();
  const { version, lines, error, isOver } = useDeployProgress(view, number);
  if (version === null)
    return error ? <ErrorPanel error={error} /> : <Skeleton variant="rounded" height={420} />;
  const phases = planDeploy(version);
  return (
    <Box sx={{ display: 'grid', gap: 2, gridTemplateColumns: 'minmax(0, 1fr)' }}>
      <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 2, alignItems: 'center', minHeight: 34 }}>
        <Typography variant="h2">Version {number}</Typography>
        <VersionState state={version.state} />
        <Typography variant="body2" color="textSecondary">
          <TimeAgo at={version.createdAt} /> by {version.createdBy}
        </Typography>
        <Box sx={{ ml: 'auto', display: 'flex', flexWrap: 'wrap', gap: 1 }}>
          <VersionActions view={view} version={version} />
        </Box>
      </Box>
      {version.error && <VersionProblem error={version.error} number={number} />}
      <Box
        sx={{
          display: 'grid',
          gap: 2,
          gridTemplateColumns: { xs: 'minmax(0, 1fr)', lg: 'minmax(0, 3fr) minmax(0, 2fr)' },
          alignItems: 'start',
        }}
      >
        <Box sx={{ display: 'grid', gap: 2, gridTemplateColumns: 'minmax(0, 1fr)' }}>
          <Panel title="Build log" isFlush>
            <BuildLog
              lines={lines}
              isOver={isOver || isTerminal(version.state)}
              isReused={version.imageReused}
            />
          </Panel>
          {phases.length > 0 && (
            <Panel title="Where the time went" isFlush>
              <PhaseTimeline label="Phases of the deploy" phases={phases} />
            </Panel>
          )}
        </Box>
        <Panel title="What it is">
          <Facts
            facts={[
              ...configFacts(version.config),
              ['Variables', Object.keys(version.config.env).join(', ') || 'none'],
              ['Source', `${formatBytes(version.sourceBytes)}, ${short(version.sourceDigest)}`],
              ['Image', version.imageId === null ? 'not built' : short(version.imageId)],
            ]}
          />
        </Panel>
      </Box>
    </Box>
  );
}

function VersionActions({ view, version }: { view: FunctionView; version: VersionRecord }) {
  const cancel = useCancelVersion(view);
  const notify = useNotify();
  const isLive = view.aliases.some(
    ({ name, weights }) =>
      name === 'live' && weights.some((share) => share.version === version.number && share.weight === 100),
  );
  if (isTerminal(version.state))
    return (
      <>
        <RedeployButton version={version} />
        {version.state === 'ready' && !isLive && <PromoteButton view={view} number={version.number} />}
      </>
    );
  return (
    <Button
      variant="outlined"
      color="inherit"
      loading={cancel.isPending}
      onClick={() => notify.outcome(cancel.mutateAsync(version.number), { failed: 'The deploy goes on.' })}
    >
      Cancel the deploy
    </Button>
  );
}

function short(digest: string): string {
  return digest.slice(0, 'sha256:'.length + 12);
}
