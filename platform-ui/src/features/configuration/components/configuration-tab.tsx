import { useState } from 'react';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Skeleton from '@mui/material/Skeleton';
import Typography from '@mui/material/Typography';
import { useNavigate } from 'react-router';
import type { FunctionView } from '@plat/platform-kit/api/views.ts';
import type { FunctionConfig } from '@plat/platform-kit/function-config.ts';
import { writeZip } from '../../../archive/source-files.ts';
import {
  draftOfConfig,
  draftOfRuntime,
  draftProblems,
  parseDraft,
  type ConfigDraft,
} from '../../../components/config-draft.ts';
import { ConfigForm } from '../../../components/config-form.tsx';
import { EmptyState } from '../../../components/empty-state.tsx';
import { ErrorPanel } from '../../../components/error-panel.tsx';
import { useShownFunction } from '../../../components/function-context.ts';
import { fieldIssues } from '../../../components/field-issues.ts';
import { useLeaveGuard } from '../../../components/leave-guard.tsx';
import { Panel } from '../../../components/panel.tsx';
import { QueryView } from '../../../components/query-view.tsx';
import { paths } from '../../../paths.ts';
import { useDeploy } from '../../deploys/api/use-deploy.ts';
import { useSource } from '../../source/api/use-source.ts';
import { useRuntimes } from '../../runtimes/api/use-runtimes.ts';
import { useVersion } from '../../versions/api/use-version.ts';
import { DangerZone } from './danger-zone.tsx';

/** The settings of the newest version; changing them makes the next one, of the same code. */
export function ConfigurationTab() {
  const view = useShownFunction();
  if (view.latest === 0)
    return <EmptyState title="There is no configuration yet">It comes with the first deploy.</EmptyState>;
  return <NewestConfiguration key={view.latest} view={view} />;
}

function NewestConfiguration({ view }: { view: FunctionView }) {
  const version = useVersion(view, view.latest);
  return (
    <QueryView query={version} skeleton={<Skeleton variant="rounded" height={420} />}>
      {({ config }) => <Settings view={view} config={config} />}
    </QueryView>
  );
}

function Settings({ view, config }: { view: FunctionView; config: FunctionConfig }) {
  const [before] = useState(() => draftOfConfig(config));
  const [draft, setDraft] = useState(before);
  const [sent, setSent] = useState<ConfigDraft | null>(null);
  const source = useSource(view, view.latest);
  const manifest = useRuntimes().data?.find(({ id }) => id === config.runtime);
  const deploy = useDeploy();
  const navigate = useNavigate();
  const isChanged = JSON.stringify(before) !== JSON.stringify(draft);
  const guard = useLeaveGuard(isChanged && !deploy.isPending && !deploy.isSuccess);
  const hasHandler = config.handler !== null;
  const parsed = parseDraft(draft, config.runtime, hasHandler);
  // What the platform refused is told at its field until something is changed.
  const refused = draft === sent ? draftProblems(fieldIssues(deploy.error)) : {};
  const run = async () => {
    if (!('config' in parsed) || !source.data) return;
    setSent(draft);
    const next = await deploy.mutateAsync({
      project: view.project,
      name: view.name,
      config: parsed.config,
      archive: await writeZip(source.data),
    });
    await navigate(paths.version(view, next.number));
  };
  return (
    <Box sx={{ display: 'grid', gap: 2, gridTemplateColumns: 'minmax(0, 1fr)' }}>
      <Panel
        title={`Settings of version ${view.latest}`}
        actions={
          <>
            {manifest && (
              <Button
                color="inherit"
                onClick={() =>
                  setDraft({ ...draftOfRuntime(manifest), handler: draft.handler, env: draft.env })
                }
              >
                Defaults
              </Button>
            )}
            <Button color="inherit" disabled={!isChanged} onClick={() => setDraft(before)}>
              Undo
            </Button>
            <Button
              variant="contained"
              disabled={!isChanged || !('config' in parsed) || !source.data}
              loading={deploy.isPending}
              onClick={() => void run().catch(() => undefined)}
            >
              Deploy with these
            </Button>
          </>
        }
      >
        <Typography color="textSecondary" sx={{ mb: 2 }}>
          Runtime <code>{config.runtime}</code>. A version never changes: new settings make version{' '}
          {view.latest + 1} of the same code, without building it again.
        </Typography>
        <ConfigForm
          draft={draft}
          onChange={setDraft}
          takesHandler={hasHandler}
          problems={'problems' in parsed ? parsed.problems : refused}
        />
      </Panel>
      {(deploy.error ?? source.error) && <ErrorPanel error={deploy.error ?? source.error} />}
      <DangerZone view={view} />
      {guard}
    </Box>
  );
}
