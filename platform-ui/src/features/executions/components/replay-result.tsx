import Box from '@mui/material/Box';
import LinearProgress from '@mui/material/LinearProgress';
import Typography from '@mui/material/Typography';
import { BodyText } from '../../../components/body-text.tsx';
import { ErrorPanel } from '../../../components/error-panel.tsx';
import { Link } from '../../../components/link.tsx';
import { Panel } from '../../../components/panel.tsx';
import { formatMs } from '../../../format/numbers.ts';
import { paths } from '../../../paths.ts';
import type { Replay } from '../api/use-replay.ts';

/** How the call went that was made once more. */
export function ReplayResult(props: { isPending: boolean; error: Error | null; replay: Replay | undefined }) {
  const { isPending, error, replay } = props;
  if (error) return <ErrorPanel error={error} />;
  if (!isPending && !replay) return null;
  return (
    <Panel
      title="Replay"
      isFlush
      actions={
        replay?.requestId && (
          <Link to={paths.execution(replay.requestId)} sx={{ fontSize: 13 }}>
            Open its execution
          </Link>
        )
      }
    >
      {replay ? (
        <>
          <Typography role="status" sx={{ px: 2, pt: 1.5, color: 'text.secondary' }}>
            Status {replay.status} after {formatMs(replay.tookMs)}
            {replay.isCut && '; the answer is cut'}
          </Typography>
          {replay.text === '' ? (
            <Box sx={{ p: 2, color: 'text.secondary' }}>The answer is empty.</Box>
          ) : (
            <BodyText text={replay.text} contentType={replay.contentType} label="Answer of the replay" />
          )}
        </>
      ) : (
        <LinearProgress aria-label="The call is made" />
      )}
    </Panel>
  );
}
