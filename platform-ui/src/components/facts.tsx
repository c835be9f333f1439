import type { ReactNode } from 'react';
import Box from '@mui/material/Box';

/** Names and values. */
export function Facts({ facts }: { facts: readonly (readonly [label: string, value: ReactNode])[] }) {
  return (
    <Box
      component="dl"
      sx={{
        m: 0,
        display: 'grid',
        gridTemplateColumns: { xs: '108px minmax(0, 1fr)', sm: '140px minmax(0, 1fr)' },
        rowGap: 0.25,
        columnGap: 2,
        fontSize: 13.5,
      }}
    >
      {facts.map(([label, value]) => (
        <Box key={label} sx={{ display: 'contents' }}>
          <Box component="dt" sx={{ color: 'text.secondary', py: 0.5, lineHeight: '22px' }}>
            {label}
          </Box>
          <Box
            component="dd"
            sx={{ m: 0, py: 0.5, minWidth: 0, overflowWrap: 'anywhere', lineHeight: '22px' }}
          >
            {value}
          </Box>
        </Box>
      ))}
    </Box>
  );
}
