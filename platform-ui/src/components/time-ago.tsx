import { useSyncExternalStore } from 'react';
import Tooltip from '@mui/material/Tooltip';
import { formatAgo, formatTime } from '../format/time.ts';

const TICK_MS = 15_000;

function subscribe(onTick: () => void): () => void {
  const timer = setInterval(onTick, TICK_MS);
  return () => clearInterval(timer);
}
const now = () => Math.floor(Date.now() / TICK_MS) * TICK_MS;

/** How long ago something was; the time itself, in the viewer's zone, on hover and focus. */
export function TimeAgo({ at }: { at: string }) {
  const shownAt = useSyncExternalStore(subscribe, now);
  return (
    <Tooltip title={formatTime(at)}>
      <time dateTime={at} style={{ whiteSpace: 'nowrap' }}>
        {formatAgo(at, shownAt)}
      </time>
    </Tooltip>
  );
}
