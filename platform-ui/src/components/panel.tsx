import { useId, type ReactNode } from 'react';
import Box from '@mui/material/Box';
import Paper from '@mui/material/Paper';
import Typography from '@mui/material/Typography';

/** A part of a page, with a name and a frame. */
export function Panel(props: { title: string; actions?: ReactNode; children: ReactNode; isFlush?: boolean }) {
  const id = useId();
  return (
    <Paper
      component="section"
      aria-labelledby={id}
      variant="outlined"
      sx={{ minWidth: 0, overflow: 'hidden' }}
    >
      <Box
        sx={{
          display: 'flex',
          alignItems: 'center',
          flexWrap: 'wrap',
          columnGap: 1,
          px: 2,
          py: 0.5,
          minHeight: 46,
          borderBottom: 1,
          borderColor: 'divider',
        }}
      >
        {/* The margin shows only where the actions have no room beside the title, and stand below it. */}
        <Typography variant="h2" id={id} sx={{ my: 0.75 }}>
          {props.title}
        </Typography>
        <Box
          sx={{
            ml: 'auto',
            display: 'flex',
            gap: 0.5,
            alignItems: 'center',
            '& .MuiButton-text': { minWidth: 0 },
          }}
        >
          {props.actions}
        </Box>
      </Box>
      <Box sx={props.isFlush ? {} : { p: 2 }}>{props.children}</Box>
    </Paper>
  );
}
