import { useEffect, type ReactNode } from 'react';
import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';

/** The head of a page, and its name in the browser's tab. */
export function PageHeader(props: {
  title: string;
  above?: ReactNode;
  beside?: ReactNode;
  actions?: ReactNode;
}) {
  usePageTitle(props.title);
  return (
    <Box component="header" sx={{ mb: 2.5 }}>
      {props.above}
      <Box
        sx={{
          display: 'flex',
          flexWrap: 'wrap',
          alignItems: 'center',
          columnGap: 2,
          rowGap: 1,
          minHeight: 36,
        }}
      >
        <Typography variant="h1" sx={{ overflowWrap: 'anywhere', minWidth: 0 }}>
          {props.title}
        </Typography>
        {props.beside}
        <Box sx={{ ml: 'auto', display: 'flex', gap: 1, flexWrap: 'wrap' }}>{props.actions}</Box>
      </Box>
    </Box>
  );
}

export function usePageTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Plat`;
    return () => {
      document.title = 'Plat';
    };
  }, [title]);
}
