import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import type { RolloutEvent } from '@plat/platform-kit/rollout.ts';
import { TimeAgo } from '../../../components/time-ago.tsx';
import { figureWords } from './rollout-words.ts';

/** What became of a rollout, the newest first, each with the figures it was decided by. */
export function RolloutEvents({ events }: { events: readonly RolloutEvent[] }) {
  return (
    <Box
      component="ol"
      aria-label="Events"
      sx={{ listStyle: 'none', m: 0, p: 0, maxHeight: 300, overflowY: 'auto' }}
      tabIndex={0}
    >
      {events.toReversed().map((event, index) => (
        <Box
          component="li"
          key={events.length - index}
          sx={{ py: 0.75, '& + &': { borderTop: 1, borderColor: 'divider' } }}
        >
          <Box sx={{ display: 'flex', gap: 1.5 }}>
            <Typography variant="body2" sx={{ flex: 1, minWidth: 0, overflowWrap: 'anywhere' }}>
              {event.message}
            </Typography>
            <Typography variant="body2" color="textSecondary">
              <TimeAgo at={event.at} />
            </Typography>
          </Box>
          {event.figures && (
            <Typography variant="caption" component="p" color="textSecondary">
              new: {figureWords(event.figures.candidate)} · old: {figureWords(event.figures.baseline)}
            </Typography>
          )}
        </Box>
      ))}
    </Box>
  );
}
