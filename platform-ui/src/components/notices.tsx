import { createContext, use, useCallback, useState, type ReactNode } from 'react';
import Alert from '@mui/material/Alert';
import Snackbar from '@mui/material/Snackbar';
import { RequestError } from '../api-client/request-error.ts';

type Notice = { id: number; tone: 'success' | 'error'; text: string };
type Notify = {
  done: (text: string) => void;
  failed: (what: string, error: unknown) => void;
  /** Tells how something ends, also when what began it is no longer shown by then. */
  outcome: <T>(running: Promise<T>, texts: { done?: (result: T) => string; failed: string }) => void;
};

const NoticeContext = createContext<Notify | null>(null);
const SHOWN_MS = { success: 4000, error: 12_000 };

/** Short news about what somebody just did. What failed says why, and its request id. */
export function NoticeProvider({ children }: { children: ReactNode }) {
  const [notice, setNotice] = useState<Notice | null>(null);
  const show = useCallback((tone: Notice['tone'], text: string) => {
    setNotice((before) => ({ id: (before?.id ?? 0) + 1, tone, text }));
  }, []);
  const [notify] = useState<Notify>(() => ({
    done: (text) => show('success', text),
    failed: (what, error) => show('error', `${what} ${describe(error)}`),
    outcome: (running, texts) =>
      void running.then(
        (result) => texts.done && show('success', texts.done(result)),
        (error: unknown) => show('error', `${texts.failed} ${describe(error)}`),
      ),
  }));
  const close = () => setNotice(null);
  return (
    <NoticeContext value={notify}>
      {children}
      {notice && (
        <Snackbar
          key={notice.id}
          open
          autoHideDuration={SHOWN_MS[notice.tone]}
          onClose={(_, reason) => reason !== 'clickaway' && close()}
          anchorOrigin={{ vertical: 'bottom', horizontal: 'center' }}
        >
          <Alert
            severity={notice.tone}
            variant="outlined"
            onClose={close}
            sx={{ maxWidth: 640, overflowWrap: 'anywhere', bgcolor: 'background.paper', boxShadow: 8 }}
          >
            {notice.text}
          </Alert>
        </Snackbar>
      )}
    </NoticeContext>
  );
}

export function useNotify(): Notify {
  const notify = use(NoticeContext);
  if (notify === null) throw new Error('useNotify() needs a NoticeProvider around it.');
  return notify;
}

function describe(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return error instanceof RequestError && error.requestId !== null
    ? `${text} (request ${error.requestId})`
    : text;
}
