import { useEffect } from 'react';
import { useBlocker } from 'react-router';
import { ConfirmDialog } from './confirm-dialog.tsx';

/** Asks before what was typed is left behind. Render what it returns. */
export function useLeaveGuard(isOn: boolean) {
  const blocker = useBlocker(
    ({ currentLocation, nextLocation }) => isOn && currentLocation.pathname !== nextLocation.pathname,
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
