/** Reports something until its signal aborts or it breaks; `onOpen` once nothing can be missed any more. */
export type Watch = (options: { signal: AbortSignal; onOpen: () => void }) => Promise<void>;

/** Several watches as one: open when all of them are, over when one of them is, with the error it ended with. */
export async function watchTogether(
  watches: readonly Watch[],
  { signal, onOpen }: { signal: AbortSignal; onOpen: () => void },
): Promise<void> {
  const over = new AbortController();
  const all = AbortSignal.any([signal, over.signal]);
  let closed = watches.length;
  const running = watches.map((watch) => {
    let isOpen = false;
    return watch({
      signal: all,
      onOpen: () => {
        if (isOpen) return;
        isOpen = true;
        if (--closed === 0) onOpen();
      },
    });
  });
  try {
    await Promise.race(running);
  } finally {
    over.abort();
    await Promise.allSettled(running);
  }
}
