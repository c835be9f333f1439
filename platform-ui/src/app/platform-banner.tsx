import { useState, useSyncExternalStore } from 'react';
import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import type { SystemView } from '@plat/platform-kit/api/views.ts';
import { useSystem } from '../features/system/api/use-system.ts';

/** That somebody knows that functions are isolated less, until the tab is closed. */
const KNOWN_KEY = 'plat.isolation-known';

const subscribe = (onChange: () => void) => {
  const events = ['online', 'offline'] as const;
  for (const event of events) window.addEventListener(event, onChange);
  return () => events.forEach((event) => window.removeEventListener(event, onChange));
};

type News = { tone: 'error' | 'warning'; text: string; canDismiss: boolean };

const OFFLINE: News = {
  tone: 'error',
  text: 'This browser is offline. What you see may be out of date; it goes on by itself.',
  canDismiss: false,
};

/** News that concern every page: the browser is offline, nobody answers, the engine is away, or it isolates less than it should. */
export function PlatformBanner() {
  const { data, error } = useSystem();
  const [isKnown, setKnown] = useState(() => sessionStorage.getItem(KNOWN_KEY) !== null);
  const isOnline = useSyncExternalStore(subscribe, () => navigator.onLine);
  const news = isOnline ? newsOf(data, error) : OFFLINE;
  if (news === null || (news.canDismiss && isKnown)) return null;
  const dismiss = () => {
    sessionStorage.setItem(KNOWN_KEY, 'yes');
    setKnown(true);
  };
  return (
    <Box sx={{ width: '100%', maxWidth: 1680, mx: 'auto', px: { xs: 2, sm: 3, lg: 4 }, pt: 2 }}>
      <Alert severity={news.tone} variant="outlined" {...(news.canDismiss && { onClose: dismiss })}>
        {news.text}
      </Alert>
    </Box>
  );
}

function newsOf(system: SystemView | undefined, error: Error | null): News | null {
  const urgent = (text: string): News => ({ tone: 'error', text, canDismiss: false });
  if (error) return urgent(`The platform does not answer: ${error.message} What you see may be out of date.`);
  if (system && !system.engine.available)
    return urgent(
      `The engine is not available: ${system.engine.problem ?? 'unknown reason'} Functions cannot be built or started until it is.`,
    );
  if (system?.engine.engine !== 'process') return null;
  return {
    tone: 'warning',
    text: 'Functions run as plain processes of this machine, for want of a Docker engine: they are isolated less. Do not run code that you do not trust.',
    canDismiss: true,
  };
}
