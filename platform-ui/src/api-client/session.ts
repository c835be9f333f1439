const KEY = 'plat.token';

export type Session = {
  /** The token that requests go out with; null while nobody is signed in. */
  token: () => string | null;
  /** Why the last session ended, when it was not the person who ended it. */
  endedBecause: () => string | null;
  signIn: (token: string) => void;
  signOut: (because?: string) => void;
  subscribe: (listener: () => void) => () => void;
};

/** Who is signed in: in memory, and in this tab's storage so that a reload keeps it. Never in an address. */
export function createSession(storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>): Session {
  let token = storage.getItem(KEY);
  let ended: string | null = null;
  const listeners = new Set<() => void>();
  const change = (next: string | null, because: string | null) => {
    token = next;
    ended = because;
    if (next === null) storage.removeItem(KEY);
    else storage.setItem(KEY, next);
    listeners.forEach((listener) => listener());
  };
  return {
    token: () => token,
    endedBecause: () => ended,
    signIn: (next) => change(next, null),
    signOut: (because) => {
      if (token !== null) change(null, because ?? null);
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
