import { useEffect, useRef } from 'react';
import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import type { BuildLogLine } from '@plat/platform-kit/domain.ts';
import { formatClock } from '../format/time.ts';

const NEAR_END_PX = 60;

/** The log of a build as it comes. It stays at its end until somebody scrolls up. */
export function BuildLog(props: { lines: readonly BuildLogLine[]; isOver: boolean; isReused?: boolean }) {
  const { lines, isOver } = props;
  const box = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  useEffect(() => {
    if (isAtEnd.current) box.current?.scrollTo({ top: box.current.scrollHeight });
  }, [lines]);
  const empty = !isOver
    ? 'Waiting for the first line …'
    : props.isReused
      ? 'Nothing was built: the same code was built before, and its image is used again.'
      : 'The build printed nothing.';
  return (
    <Box
      ref={box}
      role="log"
      aria-label="Build log"
      aria-live="off"
      tabIndex={0}
      onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
        isAtEnd.current = scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
      }}
      sx={{ height: { xs: 320, sm: 420 }, overflow: 'auto', py: 1, outlineOffset: -2 }}
    >
      {lines.length === 0 && (
        <Typography color="textSecondary" sx={{ px: 2, py: 0.5 }}>
          {empty}
        </Typography>
      )}
      {lines.map((line, index) => (
        <Box
          key={index}
          component="code"
          sx={{
            display: 'grid',
            gridTemplateColumns: { xs: 'minmax(0, 1fr)', sm: '96px 84px minmax(0, 1fr)' },
            columnGap: 1.5,
            px: 2,
            py: '1px',
            fontSize: 12.5,
            lineHeight: 1.65,
          }}
        >
          <Box component="span" sx={{ color: 'text.secondary', display: { xs: 'none', sm: 'inline' } }}>
            {formatClock(line.at)}
          </Box>
          <Box
            component="span"
            sx={{
              color: 'text.secondary',
              display: { xs: 'none', sm: 'inline' },
              overflow: 'hidden',
              textOverflow: 'ellipsis',
            }}
          >
            {line.phase}
          </Box>
          <Box component="span" sx={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
            {line.text}
          </Box>
        </Box>
      ))}
    </Box>
  );
}
