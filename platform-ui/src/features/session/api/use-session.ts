import { useSyncExternalStore } from 'react';
import { useApi } from '../../../api-client/api.ts';

/** Whether somebody is signed in, and why nobody is when the last session was ended by the platform. */
export function useSession() {
  const { session } = useApi();
  const token = useSyncExternalStore(session.subscribe, session.token);
  return {
    isSignedIn: token !== null,
    endedBecause: session.endedBecause(),
    signOut: () => session.signOut(),
  };
}
