import { useEffect, useRef } from 'react';
import Box from '@mui/material/Box';
import { NavLink, useLocation } from 'react-router';

/** The pages of one thing. Links, as each has its address; where there is no room for all, the one that is shown is seen. */
export function LinkTabs(props: {
  label: string;
  tabs: readonly { to: string; label: string; end?: boolean }[];
}) {
  const nav = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  useEffect(() => {
    const shown = nav.current?.querySelector<HTMLElement>('[aria-current]');
    if (nav.current && shown)
      nav.current.scrollLeft = shown.offsetLeft - (nav.current.clientWidth - shown.offsetWidth) / 2;
  }, [pathname]);
  return (
    <Box
      component="nav"
      ref={nav}
      aria-label={props.label}
      sx={{ position: 'relative', borderBottom: 1, borderColor: 'divider', overflowX: 'auto' }}
    >
      <Box component="ul" sx={{ display: 'flex', gap: 2.75, listStyle: 'none', m: 0, p: 0 }}>
        {props.tabs.map(({ to, label, end }) => (
          <li key={to}>
            <Box component={NavLink} to={to} end={end ?? false} sx={TAB}>
              {label}
            </Box>
          </li>
        ))}
      </Box>
    </Box>
  );
}

const TAB = {
  display: 'block',
  py: 1.1,
  whiteSpace: 'nowrap',
  textDecoration: 'none',
  color: 'text.secondary',
  fontSize: 14,
  fontWeight: 500,
  borderBottom: '2px solid transparent',
  '&:hover': { color: 'text.primary' },
  '&:focus-visible': {
    outline: '2px solid',
    outlineColor: 'primary.main',
    outlineOffset: -2,
    borderRadius: '6px',
  },
  '&.active': { color: 'text.primary', borderBottomColor: 'primary.main' },
} as const;
