import { browserProblem, openBrowser } from '@plat/e2e/browser.ts';
import { Platform } from '@plat/e2e/platform.ts';
import type { Browser, Page } from 'playwright-core';
import type { Scenario } from '../scenario.ts';
import { SETTINGS } from '../stages/stage.ts';
import { median } from '../statistics.ts';

const PAGES = ['/functions', '/builds', '/executions'];
const INTERACTIVE_MS = 1000;

/** How long a page of the dashboard takes in Chromium until it shows what it has, with nothing kept and with all kept. */
export const dashboard: Scenario = {
  name: 'dashboard',
  isLong: true,
  run: async (bench) => {
    const problem = browserProblem();
    if (problem) return { rows: [], goals: [], skipped: [`the dashboard: ${problem}`] };
    const platform = await Platform.start(SETTINGS);
    const browser = await openBrowser();
    try {
      const first: number[] = [];
      const again: number[] = [];
      for (let round = 0; round < bench.repetitions; round++) {
        for (const path of PAGES) {
          const page = await signedIn(browser, platform.url);
          first.push(await timeToShown(page, path));
          again.push(await timeToShown(page, path));
          await page.context().close();
        }
      }
      const unit = 'ms until it is shown and can be used';
      return {
        rows: [
          { target: 'a page, nothing kept', unit, samples: first },
          { target: 'a page, again', unit, samples: again },
        ],
        goals: [{ name: 'dashboard: p50 until it can be used, ms', measured: median(first), limit: INTERACTIVE_MS, sense: 'at most' }],
        skipped: [],
      };
    } finally {
      await browser.close();
      await platform.remove();
    }
  },
}; // prettier-ignore

async function signedIn(browser: Browser, url: string): Promise<Page> {
  const context = await browser.newContext({ baseURL: url });
  await context.addInitScript(() => sessionStorage.setItem('plat.token', 'dev-token'));
  return context.newPage();
}

/** From the beginning of the navigation until the page has its heading and nothing of it loads any more. */
async function timeToShown(page: Page, path: string): Promise<number> {
  await page.goto(path, { waitUntil: 'commit' });
  const shown = await page.waitForFunction(
    () =>
      document.querySelector('main h1') && !document.querySelector('[aria-busy="true"]')
        ? performance.now()
        : null,
    undefined,
    { polling: 'raf', timeout: 30_000 },
  );
  return (await shown.jsonValue())!;
}
