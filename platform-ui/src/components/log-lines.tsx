import { useEffect, useRef } from 'react';
import Box from '@mui/material/Box';
import type { LogLine } from '@plat/platform-kit/domain.ts';
import { formatClock } from '../format/time.ts';
import { paths } from '../paths.ts';
import { Link } from './link.tsx';

const NEAR_END_PX = 60;

/** What a function printed. It stays at its end until somebody scrolls up. `linksCalls` shows the call a line belongs to. */
export function LogLines(props: {
  lines: readonly LogLine[];
  label: string;
  /** Fills most of the window instead of growing with its lines. */
  isTall?: boolean;
  linksCalls?: boolean;
}) {
  const { lines, linksCalls } = props;
  const box = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  useEffect(() => {
    if (isAtEnd.current) box.current?.scrollTo({ top: box.current.scrollHeight });
  }, [lines]);
  return (
    <Box
      ref={box}
      role="log"
      aria-label={props.label}
      aria-live="off"
      tabIndex={0}
      onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
        isAtEnd.current = scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
      }}
      sx={{
        ...(props.isTall ? { height: 'max(320px, calc(100dvh - 340px))' } : { maxHeight: 420 }),
        overflow: 'auto',
        py: 1,
        outlineOffset: -2,
      }}
    >
      {lines.map((line, index) => (
        <Line key={index} line={line} linksCall={linksCalls ?? false} isMany={lines.length > 200} />
      ))}
    </Box>
  );
}

function Line({ line, linksCall, isMany }: { line: LogLine; linksCall: boolean; isMany: boolean }) {
  const isError = line.stream === 'stderr';
  return (
    <Box
      component="code"
      sx={{
        display: 'flex',
        flexWrap: { xs: 'wrap', sm: 'nowrap' },
        columnGap: 1.5,
        px: 2,
        py: '1px',
        fontSize: 12.5,
        lineHeight: 1.65,
        ...(isMany && { contentVisibility: 'auto', containIntrinsicSize: 'auto 22px' }),
        '&:hover': { bgcolor: 'action.hover' },
      }}
    >
      <Box component="span" sx={{ color: 'text.secondary', flexShrink: 0 }}>
        <time dateTime={line.at}>{formatClock(line.at)}</time>
      </Box>
      <Box
        component="span"
        sx={{ color: isError ? 'error.main' : 'text.secondary', flexShrink: 0, width: 26 }}
      >
        {isError ? 'err' : 'out'}
      </Box>
      {linksCall && (
        <Box component="span" sx={{ flexShrink: 0, width: 66, overflow: 'hidden', color: 'text.secondary' }}>
          {line.requestId === null ? (
            '–'
          ) : (
            <Link to={paths.execution(line.requestId)} color="inherit" title={`Call ${line.requestId}`}>
              {line.requestId.slice(-8)}
            </Link>
          )}
        </Box>
      )}
      <Box
        component="span"
        sx={{
          whiteSpace: 'pre-wrap',
          overflowWrap: 'anywhere',
          minWidth: 0,
          flexBasis: { xs: '100%', sm: 'auto' },
        }}
      >
        {line.text}
      </Box>
    </Box>
  );
}
