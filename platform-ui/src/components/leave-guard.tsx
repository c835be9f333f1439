import { useEffect } from 'react';
import { useBlocker } from 'react-router';
import { ConfirmDialog } from './confirm-dialog.tsx';

/** Asks before what was typed is left behind, by going to another page, or out of `within`. Render what it returns. */
export function useLeaveGuard(isOn: boolean, within?: string) {
  const blocker = useBlocker(
    ({ currentLocation, nextLocation }) =>
      isOn &&
      currentLocation.pathname !== nextLocation.pathname &&
      !(within !== undefined && isWithin(nextLocation.pathname, within)),
  );
  useEffect(() => {
    if (!isOn) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [isOn]);
  if (blocker.state !== 'blocked') return null;
  return (
    <ConfirmDialog
      title="Leave without deploying?"
      action="Leave"
      onConfirm={() => blocker.proceed()}
      onClose={() => blocker.reset?.()}
    >
      What you changed is lost.
    </ConfirmDialog>
  );
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}
