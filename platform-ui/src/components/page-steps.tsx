import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { mdiChevronLeft, mdiChevronRight } from '@mdi/js';
import { formatTime } from '../format/time.ts';
import { Icon } from './icon.tsx';

/** From page to page of a list that has its newest first; `times` are those of what is shown. Nothing when all is shown. */
export function PageSteps(props: {
  times: readonly string[];
  next: string | null;
  isFirst: boolean;
  goTo: (before: string | null) => void;
}) {
  const { times, next, isFirst, goTo } = props;
  if (isFirst && next === null) return null;
  const [newest, oldest] = [times[0], times.at(-1)];
  return (
    <Box component="nav" aria-label="Pages" sx={{ display: 'flex', alignItems: 'center', gap: 1, mt: 1.5 }}>
      <Button
        color="inherit"
        disabled={isFirst}
        onClick={() => goTo(null)}
        startIcon={<Icon path={mdiChevronLeft} />}
      >
        Newest
      </Button>
      <Typography
        variant="body2"
        color="textSecondary"
        sx={{ mx: 'auto', display: { xs: 'none', sm: 'block' } }}
      >
        {newest && oldest && `${formatTime(oldest)} – ${formatTime(newest)}`}
      </Typography>
      <Button
        color="inherit"
        disabled={next === null}
        onClick={() => goTo(next)}
        endIcon={<Icon path={mdiChevronRight} />}
        sx={{ ml: { xs: 'auto', sm: 0 } }}
      >
        Older
      </Button>
    </Box>
  );
}
