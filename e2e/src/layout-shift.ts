import type { Page } from 'playwright-core';

type Watched = { platShift?: number };

/** Has every page that is loaded from now on add up how far its content jumps (Layout Instability, without input). */
export async function watchLayout(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const watched = globalThis as Watched;
    watched.platShift = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & {
        value: number;
        hadRecentInput: boolean;
      })[]) {
        if (!entry.hadRecentInput) watched.platShift! += entry.value;
      }
    }).observe({ type: 'layout-shift', buffered: true });
  });
}

/** The sum for the page that is shown, once two frames have come to rest. */
export function layoutShift(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      new Promise<number>((resolve) =>
        requestAnimationFrame(() =>
          requestAnimationFrame(() => setTimeout(() => resolve((globalThis as Watched).platShift ?? 0), 100)),
        ),
      ),
  );
}
