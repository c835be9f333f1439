import type { ReactNode } from 'react';
import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';

/** Nothing is here: what would be, and how it gets here. */
export function EmptyState(props: { title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <Box
      sx={{
        border: '1px dashed',
        borderColor: 'divider',
        borderRadius: '10px',
        px: 3,
        py: 5,
        display: 'flex',
        flexDirection: 'column',
        alignItems: 'center',
        textAlign: 'center',
        gap: 1,
      }}
    >
      <Typography variant="h2" component="p">
        {props.title}
      </Typography>
      <Box sx={{ color: 'text.secondary', maxWidth: 560, width: '100%' }}>{props.children}</Box>
      {props.action && <Box sx={{ mt: 1.5 }}>{props.action}</Box>}
    </Box>
  );
}
