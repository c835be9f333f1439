import Box from '@mui/material/Box';
import type { LogLine } from '@plat/platform-kit/domain.ts';
import { LogLines } from '../../../components/log-lines.tsx';
import { Panel } from '../../../components/panel.tsx';

/** What the function printed; `problem` says why that is not known. */
export function PrintedPanel({ logs, problem }: { logs: readonly LogLine[] | null; problem: string | null }) {
  return (
    <Panel title="Log lines" isFlush>
      {logs !== null && logs.length > 0 ? (
        <LogLines lines={logs} label="Log lines of the call" />
      ) : (
        <Box sx={{ p: 2, color: 'text.secondary' }}>{problem ?? 'It printed nothing.'}</Box>
      )}
    </Panel>
  );
}
