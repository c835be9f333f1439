import { useState } from 'react';
import Box from '@mui/material/Box';
import ButtonBase from '@mui/material/ButtonBase';
import Menu from '@mui/material/Menu';
import MenuItem from '@mui/material/MenuItem';
import Typography from '@mui/material/Typography';
import { mdiAccountCircleOutline, mdiMagnify, mdiUnfoldMoreHorizontal } from '@mdi/js';
import { NavLink } from 'react-router';
import { Icon } from '../components/icon.tsx';
import { Logo } from '../components/logo.tsx';
import { keyNames } from '../components/shortcuts.tsx';
import { usePrincipal } from '../features/session/api/use-principal.ts';
import { useSession } from '../features/session/api/use-session.ts';
import { NAVIGATION } from './navigation.ts';

/** `onLeave`: somebody chose a page. `onSearch`: somebody wants to name where to go. */
export function Sidebar({ onLeave, onSearch }: { onLeave?: () => void; onSearch: () => void }) {
  return (
    <Box sx={{ height: '100%', display: 'flex', flexDirection: 'column', p: 1.5, gap: 2 }}>
      <Box component="nav" aria-label="Main" sx={{ flex: 1, overflowY: 'auto' }}>
        <Box sx={{ display: 'flex', alignItems: 'center', gap: 1.25, px: 1, pt: 0.75, pb: 2 }}>
          <Logo />
          <Box component="span" sx={{ fontWeight: 680, fontSize: 16.5, letterSpacing: '-0.015em' }}>
            Plat
          </Box>
        </Box>
        <ButtonBase onClick={onSearch} sx={SEARCH}>
          <Icon path={mdiMagnify} />
          Go to …
          <Box component="kbd" aria-hidden sx={{ ml: 'auto', fontSize: 11.5 }}>
            {keyNames('mod+k').join(' ')}
          </Box>
        </ButtonBase>
        <Box component="ul" sx={{ listStyle: 'none', m: 0, p: 0, display: 'grid', gap: '2px' }}>
          {NAVIGATION.map(({ to, label, icon }) => (
            <li key={to}>
              <ButtonBase component={NavLink} to={to} end={to === '/'} onClick={onLeave} sx={ITEM}>
                <Icon path={icon} />
                {label}
              </ButtonBase>
            </li>
          ))}
        </Box>
      </Box>
      <Account />
    </Box>
  );
}

const ITEM = {
  width: '100%',
  justifyContent: 'flex-start',
  gap: 1.25,
  px: 1.25,
  minHeight: 34,
  borderRadius: '8px',
  fontSize: 14,
  fontWeight: 500,
  fontFamily: 'inherit',
  color: 'text.secondary',
  '&:hover': { bgcolor: 'action.hover', color: 'text.primary' },
  '&.active': { bgcolor: 'action.selected', color: 'text.primary', '& svg': { color: 'primary.main' } },
} as const;

const SEARCH = {
  ...ITEM,
  mb: 1.5,
  border: 1,
  borderColor: 'divider',
  bgcolor: 'background.paper',
  fontWeight: 450,
  '@media (hover: none)': { '& kbd': { display: 'none' } },
} as const;

function Account() {
  const { data: principal } = usePrincipal();
  const { signOut } = useSession();
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  return (
    <>
      <ButtonBase
        aria-haspopup="menu"
        onClick={(event) => setAnchor(event.currentTarget)}
        sx={{ ...ITEM, minHeight: 48, textAlign: 'left' }}
      >
        <Icon path={mdiAccountCircleOutline} sx={{ fontSize: 22 }} />
        <Box sx={{ minWidth: 0, flex: 1 }}>
          <Typography variant="body2" noWrap sx={{ color: 'text.primary', fontWeight: 550 }}>
            {principal?.name ?? ' '}
          </Typography>
          <Typography
            variant="caption"
            component="p"
            noWrap
            sx={{ color: 'text.secondary', lineHeight: 1.3 }}
          >
            {principal ? `${principal.role}${principal.project ? ` of ${principal.project}` : ''}` : ' '}
          </Typography>
        </Box>
        <Icon path={mdiUnfoldMoreHorizontal} sx={{ fontSize: 16 }} />
      </ButtonBase>
      <Menu
        anchorEl={anchor}
        open={anchor !== null}
        onClose={() => setAnchor(null)}
        anchorOrigin={{ vertical: 'top', horizontal: 'left' }}
        transformOrigin={{ vertical: 'bottom', horizontal: 'left' }}
      >
        <MenuItem component="a" href="/docs" target="_blank" rel="noreferrer">
          API reference
        </MenuItem>
        <MenuItem onClick={signOut}>Sign out</MenuItem>
      </Menu>
    </>
  );
}
