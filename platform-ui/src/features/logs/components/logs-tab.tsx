import { useState } from 'react';
import Box from '@mui/material/Box';
import Paper from '@mui/material/Paper';
import Typography from '@mui/material/Typography';
import { ErrorPanel } from '../../../components/error-panel.tsx';
import { useShownFunction } from '../../../components/function-context.ts';
import { latestVersions } from '../../../components/latest-versions.ts';
import { LogLines } from '../../../components/log-lines.tsx';
import { StateMark, type Tone } from '../../../components/state-mark.tsx';
import { useUrlState } from '../../../components/url-state.ts';
import { formatCount } from '../../../format/numbers.ts';
import { useLogTail, type LogTail } from '../api/use-log-tail.ts';
import { filterLines } from './filter-lines.ts';
import { LogFilters } from './log-filters.tsx';

const STATE: Record<Exclude<LogTail['state'], 'refused'>, { tone: Tone; label: string }> = {
  opening: { tone: 'busy', label: 'Opening' },
  live: { tone: 'good', label: 'Live' },
  broken: { tone: 'warning', label: 'Connecting again' },
};

/** What the function prints, live. */
export function LogsTab() {
  const view = useShownFunction();
  const [search, setSearch] = useUrlState('q');
  const [stream, setStream] = useUrlState('stream');
  const [version, setVersion] = useUrlState('version');
  const [request, setRequest] = useUrlState('request');
  const tail = useLogTail(view, {
    requestId: request === '' ? null : request,
    version: /^\d{1,9}$/.test(version) ? Number(version) : null,
  });
  const [held, setHeld] = useState<LogTail | null>(null);
  const shown = held ?? tail;
  const lines = filterLines(shown.lines, { search, stream });
  const waiting = held ? tail.dropped + tail.lines.length - held.dropped - held.lines.length : 0;
  return (
    <>
      <LogFilters
        search={{ value: search, set: setSearch }}
        stream={{ value: stream, set: setStream }}
        version={{ value: version, set: changing(setVersion) }}
        request={{ value: request, set: changing(setRequest) }}
        versions={latestVersions(view.latest)}
        isHeld={held !== null}
        onHold={(isHeld) => setHeld(isHeld ? tail : null)}
      />
      {tail.state === 'refused' ? (
        <ErrorPanel error={tail.error} />
      ) : (
        <Paper variant="outlined" sx={{ overflow: 'hidden' }}>
          <Box sx={{ display: 'flex', alignItems: 'center', gap: 2, px: 2, minHeight: 42, borderBottom: 1, borderColor: 'divider' }}>
            {held ? <StateMark tone="quiet" label={`Held, ${formatCount(waiting)} new`} /> : <StateMark {...STATE[tail.state]} />}
            <Typography variant="body2" color="textSecondary" sx={{ ml: 'auto' }}>
              {countOf(lines.length, shown)}
            </Typography>
          </Box>
          {lines.length > 0 ? (
            <LogLines lines={lines} label={`Log of ${view.name}`} isTall linksCalls />
          ) : (
            <Box sx={{ px: 2, py: 2, minHeight: 320, color: 'text.secondary' }}>
              {shown.lines.length > 0
                ? 'No line fits.'
                : tail.state === 'opening'
                  ? 'Reading …'
                  : 'Nothing was printed yet. What the function prints is shown here at once.'}
            </Box>
          )}
        </Paper>
      )}
    </>
  );

  /** What was held belongs to another selection then. */
  function changing(set: (value: string) => void) {
    return (value: string) => {
      setHeld(null);
      set(value);
    };
  }
} // prettier-ignore

function countOf(count: number, { lines, dropped }: LogTail): string {
  const all = `${formatCount(lines.length)} ${lines.length === 1 ? 'line' : 'lines'}`;
  const of = count === lines.length ? all : `${formatCount(count)} of ${all}`;
  return dropped > 0 ? `${of}, older ones left out` : of;
}
