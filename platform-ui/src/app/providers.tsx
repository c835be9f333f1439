import type { ReactNode } from 'react';
import createCache from '@emotion/cache';
import { CacheProvider } from '@emotion/react';
import CssBaseline from '@mui/material/CssBaseline';
import { ThemeProvider } from '@mui/material/styles';
import { QueryClientProvider } from '@tanstack/react-query';
import { ApiContext } from '../api-client/api.ts';
import { NoticeProvider } from '../components/notices.tsx';
import { pageNonce } from '../components/page-nonce.ts';
import { ShortcutProvider } from '../components/shortcuts.tsx';
import { theme } from './theme.ts';
import type { AppParts } from './create-app.ts';

const nonce = pageNonce();
const styles = createCache({ key: 'p', ...(nonce === undefined ? {} : { nonce }) });

export function Providers({
  api,
  queryClient,
  children,
}: Omit<AppParts, 'router'> & { children: ReactNode }) {
  return (
    <CacheProvider value={styles}>
      <ThemeProvider theme={theme}>
        <CssBaseline />
        <QueryClientProvider client={queryClient}>
          <ApiContext value={api}>
            <NoticeProvider>
              <ShortcutProvider>{children}</ShortcutProvider>
            </NoticeProvider>
          </ApiContext>
        </QueryClientProvider>
      </ThemeProvider>
    </CacheProvider>
  );
}
