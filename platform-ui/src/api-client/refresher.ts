/**
 * Runs `refresh` when it is asked to, one at a time and at most once in `everyMs`; what is asked for while it runs is run
 * once more behind it. `stop` lets what runs end and runs nothing more.
 */
export function createRefresher(refresh: () => Promise<unknown>, everyMs: number) {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isRunning = false;
  let isAsked = false;
  let isStopped = false;
  let ranAt = -Infinity;

  const plan = () => {
    if (isStopped || isRunning || timer !== undefined) return;
    timer = setTimeout(run, Math.max(GATHER_MS, ranAt + everyMs - Date.now()));
  };
  const run = () => {
    timer = undefined;
    isRunning = true;
    isAsked = false;
    ranAt = Date.now();
    void refresh()
      .catch(() => undefined)
      .finally(() => {
        isRunning = false;
        if (isAsked) plan();
      });
  };
  return {
    ask: () => {
      isAsked = true;
      plan();
    },
    stop: () => {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}

/** What happens at once comes in several events. */
const GATHER_MS = 60;
