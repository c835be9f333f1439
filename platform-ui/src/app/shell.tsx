import { Suspense, useState } from 'react';
import Box from '@mui/material/Box';
import Drawer from '@mui/material/Drawer';
import IconButton from '@mui/material/IconButton';
import LinearProgress from '@mui/material/LinearProgress';
import Link from '@mui/material/Link';
import { mdiMagnify, mdiMenu } from '@mdi/js';
import { Outlet, useNavigation } from 'react-router';
import { Icon } from '../components/icon.tsx';
import { Logo } from '../components/logo.tsx';
import { useSession } from '../features/session/api/use-session.ts';
import { SignInPage } from '../features/session/components/sign-in-page.tsx';
import { HelpDialog } from './help-dialog.tsx';
import { PaletteOpener } from './palette-opener.tsx';
import { PlatformBanner } from './platform-banner.tsx';
import { Sidebar } from './sidebar.tsx';

const SIDEBAR_WIDTH = 228;
const CONTENT_MAX_WIDTH = 1680;

/** What is around every page: who may see it, the way to the others, and news about the platform as a whole. */
export function Shell() {
  const { isSignedIn } = useSession();
  return isSignedIn ? <SignedInShell /> : <SignInPage />;
}

function SignedInShell() {
  const [isMenuOpen, setMenuOpen] = useState(false);
  const [isPaletteOpen, setPaletteOpen] = useState(false);
  const openPalette = () => {
    setMenuOpen(false);
    setPaletteOpen(true);
  };
  const isLoading = useNavigation().state === 'loading';
  return (
    <Box sx={{ display: 'flex', minHeight: '100dvh' }}>
      <Link
        href="#content"
        sx={{
          position: 'fixed',
          left: 8,
          top: -60,
          zIndex: 2000,
          p: 1,
          bgcolor: 'background.paper',
          borderRadius: 1,
          '&:focus': { top: 8 },
        }}
      >
        Skip to the content
      </Link>
      <Box
        sx={{
          display: { xs: 'none', md: 'block' },
          width: SIDEBAR_WIDTH,
          flexShrink: 0,
          borderRight: 1,
          borderColor: 'divider',
          position: 'sticky',
          top: 0,
          height: '100dvh',
        }}
      >
        <Sidebar onSearch={openPalette} />
      </Box>
      <Drawer
        open={isMenuOpen}
        onClose={() => setMenuOpen(false)}
        slotProps={{ paper: { sx: { width: SIDEBAR_WIDTH + 24 }, 'aria-label': 'Menu' } }}
      >
        <Sidebar onSearch={openPalette} onLeave={() => setMenuOpen(false)} />
      </Drawer>
      <Box sx={{ flex: 1, minWidth: 0, display: 'flex', flexDirection: 'column' }}>
        <Box
          component="header"
          sx={{
            display: { xs: 'flex', md: 'none' },
            alignItems: 'center',
            gap: 1,
            px: 1,
            height: 52,
            borderBottom: 1,
            borderColor: 'divider',
          }}
        >
          <IconButton aria-label="Open the menu" onClick={() => setMenuOpen(true)}>
            <Icon path={mdiMenu} sx={{ fontSize: 22 }} />
          </IconButton>
          <Logo size={24} />
          <Box component="span" sx={{ fontWeight: 650 }}>
            Plat
          </Box>
          <IconButton aria-label="Go to …" onClick={openPalette} sx={{ ml: 'auto' }}>
            <Icon path={mdiMagnify} sx={{ fontSize: 22 }} />
          </IconButton>
        </Box>
        <Box sx={{ height: 2, position: 'sticky', top: 0, zIndex: 10 }}>
          {isLoading && <LinearProgress aria-label="The page is loading" sx={{ height: 2 }} />}
        </Box>
        <PlatformBanner />
        <Box
          component="main"
          id="content"
          tabIndex={-1}
          sx={{
            width: '100%',
            maxWidth: CONTENT_MAX_WIDTH,
            mx: 'auto',
            px: { xs: 2, sm: 3, lg: 4 },
            pt: { xs: 2, sm: 3 },
            pb: 8,
            outline: 'none',
          }}
        >
          <Suspense>
            <Outlet />
          </Suspense>
        </Box>
      </Box>
      <HelpDialog />
      <PaletteOpener isOpen={isPaletteOpen} setOpen={setPaletteOpen} />
    </Box>
  );
}
