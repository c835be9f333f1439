import Box from '@mui/material/Box';
import type { ExecutionDetail } from '@plat/platform-kit/api/executions-api.ts';
import { Link } from '../../../components/link.tsx';
import { LogLines } from '../../../components/log-lines.tsx';
import { Panel } from '../../../components/panel.tsx';
import { paths } from '../../../paths.ts';

/** What the function printed during the call. */
export function ExecutionLogs({ execution }: { execution: ExecutionDetail }) {
  const { logs, logsProblem, project, function: name, requestId } = execution;
  return (
    <Panel
      title="Log lines"
      isFlush
      actions={
        <Link
          to={`${paths.logs({ project, name })}?request=${encodeURIComponent(requestId)}`}
          sx={{ fontSize: 13 }}
        >
          Open in logs
        </Link>
      }
    >
      {logs !== null && logs.length > 0 ? (
        <LogLines lines={logs} label="Log lines of the call" />
      ) : (
        <Box sx={{ p: 2, color: 'text.secondary' }}>
          {logs === null ? `They cannot be read: ${logsProblem ?? 'unknown reason.'}` : 'It printed nothing.'}
        </Box>
      )}
    </Panel>
  );
}
