import Button from '@mui/material/Button';
import Tooltip from '@mui/material/Tooltip';
import { mdiConsole, mdiReplay } from '@mdi/js';
import type { ExecutionDetail } from '@plat/platform-kit/api/executions-api.ts';
import { Icon } from '../../../components/icon.tsx';
import { useNotify } from '../../../components/notices.tsx';
import { useShortcut } from '../../../components/shortcuts.tsx';
import { curlOf } from './curl-of.ts';

export function ExecutionActions(props: {
  execution: ExecutionDetail;
  isBusy: boolean;
  onReplay: () => void;
}) {
  const { execution, isBusy, onReplay } = props;
  const notify = useNotify();
  useShortcut('r', 'Replay the call', onReplay, !isBusy);
  const copy = () => {
    const { command, missing } = curlOf(execution, location.origin);
    notify.outcome(navigator.clipboard.writeText(command), {
      done: () => (missing === null ? 'The command is copied.' : `The command is copied, but ${missing}.`),
      failed: 'The command was not copied.',
    });
  };
  return (
    <>
      <Button variant="outlined" color="inherit" startIcon={<Icon path={mdiConsole} />} onClick={copy}>
        Copy as curl
      </Button>
      <Tooltip title="Makes the call once more, to the version or alias it went to (R)">
        <span>
          <Button variant="contained" startIcon={<Icon path={mdiReplay} />} onClick={onReplay} disabled={isBusy}>
            Replay
          </Button>
        </span>
      </Tooltip>
    </>
  );
} // prettier-ignore
