import type { Acquirer, Lease } from './acquire.ts';

/** Step 4 of an invocation: gives the slot back; the next who waits gets it. A second call does nothing. */
export function releaseOnce(acquirer: Acquirer, lease: Lease): () => void {
  let isReleased = false;
  return () => {
    if (isReleased) return;
    isReleased = true;
    acquirer.release(lease);
  };
}
