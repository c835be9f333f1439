import Button from '@mui/material/Button';
import { useNavigate } from 'react-router';
import type { VersionRecord } from '@plat/platform-kit/domain.ts';
import { configInput } from '../../../components/config-input.ts';
import { useNotify } from '../../../components/notices.tsx';
import { paths } from '../../../paths.ts';
import { useRedeploy } from '../../deploys/api/use-redeploy.ts';

/** Deploys a version's code and settings once more, and leads to the version that this makes. */
export function RedeployButton({ version }: { version: VersionRecord }) {
  const { project, function: name, number, config } = version;
  const redeploy = useRedeploy({ project, name });
  const notify = useNotify();
  const navigate = useNavigate();
  const run = async () => {
    const next = await redeploy.mutateAsync({ number, config: configInput(config) });
    await navigate(paths.version({ project, name }, next.number));
    return next;
  };
  return (
    <Button
      variant="outlined"
      color="inherit"
      loading={redeploy.isPending}
      onClick={() =>
        notify.outcome(run(), {
          done: (next) => `Version ${next.number} is on its way.`,
          failed: 'It was not deployed again.',
        })
      }
    >
      {version.state === 'ready' ? 'Deploy again' : 'Try again'}
    </Button>
  );
}
