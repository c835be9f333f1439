import { PlatformError } from '@plat/platform-kit/errors.ts';
import { pause } from '@plat/platform-kit/waiting.ts';
import type { VersionWatch } from './version-watch.ts';

export type Followed<T> = {
  versionWatch: VersionWatch;
  functionId: string;
  /** What `not_found` answers is gone for good; other failures are tried again. */
  read: () => Promise<T>;
  /** Also without news from the change feed it is read this often. */
  rereadMs: number;
  /** Called with the first state and with each that differs from the one before. */
  onState: (state: T) => Promise<void>;
  isOver: (state: T) => boolean;
};

/** Follows something of a function until it is over. Undefined when it is gone, or `signal` aborts. */
export async function followRecord<T>(options: Followed<T>, signal: AbortSignal): Promise<T | undefined> {
  let news = new AbortController();
  const unsubscribe = options.versionWatch.subscribe(options.functionId, () => news.abort());
  try {
    let known: { state: T; text: string } | undefined;
    while (!signal.aborted) {
      news = new AbortController();
      const now = await readOnce(options.read);
      if (now === 'gone') return undefined;
      const text = now && JSON.stringify(now.state);
      if (now && text !== known?.text) {
        known = { state: now.state, text: text! };
        await options.onState(now.state);
      }
      if (known && options.isOver(known.state)) return known.state;
      await pause(options.rereadMs, AbortSignal.any([signal, news.signal]));
    }
    return undefined;
  } finally {
    unsubscribe();
  }
}

/** Undefined while the record cannot be read. */
async function readOnce<T>(read: () => Promise<T>): Promise<{ state: T } | 'gone' | undefined> {
  try {
    return { state: await read() };
  } catch (error) {
    return error instanceof PlatformError && error.code === 'not_found' ? 'gone' : undefined;
  }
}
