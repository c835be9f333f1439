import type {
  EvictionEvent,
  ExecutionsEvent,
  FunctionEvent,
  InstanceEvent,
  VersionEvent,
} from '@plat/platform-kit/api/events-api.ts';
import { readStream } from './read-stream.ts';
import type { Session } from './session.ts';

/*
 * INVARIANTS: a tab has one connection at most, while somebody listens, someone is signed in and the tab is looked at.
 * Whoever listens is told `missed` when events may have happened that nobody told of: at the first connection, and when the
 * platform does not know any more what came since the last one. What one principal was told is not gone on from by the next.
 */

export type LiveEvent =
  | { kind: 'function'; data: FunctionEvent }
  | { kind: 'version'; data: VersionEvent }
  | { kind: 'instance'; data: InstanceEvent }
  | { kind: 'eviction'; data: EvictionEvent }
  | { kind: 'executions'; data: ExecutionsEvent }
  /** Whatever is shown has to be asked for anew. */
  | { kind: 'missed' };

export type LiveEvents = {
  /** Whether the platform tells of what happens, so that nobody needs to ask. */
  isOpen: () => boolean;
  onChange: (listener: () => void) => () => void;
  subscribe: (listener: (event: LiveEvent) => void) => () => void;
};

type Deps = {
  /** Opens the stream behind the event with this id. */
  open: (lastId: string | undefined, signal: AbortSignal) => Promise<Response>;
  session: Pick<Session, 'token' | 'subscribe'>;
  page: Pick<Document, 'visibilityState' | 'addEventListener'>;
  random?: () => number;
};

const KINDS = new Set(['function', 'version', 'instance', 'eviction', 'executions', 'missed']);
/** A tab that nobody looks at keeps its connection for so long: browsers allow few to one host. */
const LINGER_MS = 20_000;
const AGAIN_MS = 1000;
const AGAIN_AT_MOST_MS = 30_000;

/** What happens on the platform, as it happens: `GET /api/events` once a tab. */
export function createLiveEvents({ open, session, page, random = Math.random }: Deps): LiveEvents {
  const listeners = new Set<(event: LiveEvent) => void>();
  const watchers = new Set<() => void>();
  let isOpen = false;
  let following: AbortController | null = null;
  let leaving: ReturnType<typeof setTimeout> | undefined;
  let lastId: string | undefined;

  const setOpen = (next: boolean) => {
    if (isOpen === next) return;
    isOpen = next;
    watchers.forEach((watcher) => watcher());
  };
  const tell = (event: LiveEvent) => [...listeners].forEach((listener) => listener(event));

  async function follow(signal: AbortSignal): Promise<void> {
    for (let failures = 0; !signal.aborted; failures++) {
      try {
        const response = await open(lastId, signal);
        setOpen(true);
        if (lastId === undefined) tell({ kind: 'missed' });
        for await (const { event, data, id } of readStream(response, signal)) {
          if (signal.aborted) return;
          failures = 0;
          lastId = id ?? lastId;
          if (KINDS.has(event)) tell({ kind: event, data } as LiveEvent);
        }
      } catch {
        // What is shown is asked for meanwhile, and that says what is wrong.
      }
      if (signal.aborted) return;
      setOpen(false);
      const ceiling = Math.min(AGAIN_AT_MOST_MS, AGAIN_MS * 2 ** Math.min(failures, 6));
      await pause(ceiling / 2 + (random() * ceiling) / 2, signal);
    }
  }

  const stop = () => {
    clearTimeout(leaving);
    leaving = undefined;
    following?.abort();
    following = null;
    setOpen(false);
  };
  const settle = () => {
    const isWanted = listeners.size > 0 && session.token() !== null && page.visibilityState !== 'hidden';
    if (isWanted) {
      clearTimeout(leaving);
      leaving = undefined;
      if (following) return;
      following = new AbortController();
      void follow(following.signal);
    } else if (following) leaving ??= setTimeout(stop, LINGER_MS);
  };
  session.subscribe(() => {
    stop();
    lastId = undefined;
    settle();
  });
  page.addEventListener('visibilitychange', settle);

  return {
    isOpen: () => isOpen,
    onChange: (listener) => {
      watchers.add(listener);
      return () => watchers.delete(listener);
    },
    subscribe: (listener) => {
      listeners.add(listener);
      settle();
      return () => {
        listeners.delete(listener);
        settle();
      };
    },
  };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
  });
}
