import { existsSync } from 'node:fs';
import axe from 'axe-core';
import { chromium, type Browser, type Locator, type Page } from 'playwright-core';

const CHROMIUM = '/usr/bin/chromium';

/** Why no browser can be driven here, or false. */
export function browserProblem(): string | false {
  return existsSync(CHROMIUM) ? false : `${CHROMIUM} is not there; scripts/setup-chromium.sh installs it`;
}

export function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM,
    args: ['--no-sandbox', '--disable-background-networking'],
  });
}

/** A page, and all that must not happen on it: errors in its console, and requests to other hosts than `origin`. */
export async function watchedPage(
  browser: Browser,
  origin: string,
  options: Parameters<Browser['newContext']>[0] = {},
): Promise<{ page: Page; faults: string[] }> {
  const context = await browser.newContext({ baseURL: origin, reducedMotion: 'reduce', ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  const faults: string[] = [];
  page.on('console', (message) => {
    // Instances that start add interfaces to this machine, and Chromium then breaks off whatever it is loading.
    if (message.text().includes('ERR_NETWORK_CHANGED')) return;
    if (message.type() === 'error') faults.push(`console: ${message.text()} (${message.location().url})`);
  });
  page.on('pageerror', (error) => faults.push(`page: ${error.message}`));
  page.on('request', (request) => {
    const { protocol, origin: asked } = new URL(request.url());
    if (protocol.startsWith('http') && asked !== origin) faults.push(`request to ${request.url()}`);
  });
  return { page, faults };
}

/**
 * Opens an address and waits until it shows what it should. Loads anew when Chromium broke the first load off, which it does
 * when an instance, or a container of a pool, adds an interface to the machine.
 */
export async function visit(page: Page, path: string, shown: Locator): Promise<void> {
  for (let attempts = 3; ; attempts--) {
    const arrived = page
      .goto(path)
      .then(() => shown.first().waitFor(attempts > 1 ? { timeout: 10_000 } : {}));
    if (attempts === 1) return arrived;
    if (await arrived.then(() => true, () => false)) return; // prettier-ignore
  }
}

/** What axe-core finds wrong with the page as it is shown, in both themes. */
export async function violations(page: Page): Promise<string[]> {
  const found: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 100)));
    await page.evaluate(axe.source);
    const results = await page.evaluate(() =>
      (globalThis as unknown as { axe: typeof axe }).axe.run(
        { exclude: [] },
        { resultTypes: ['violations'] },
      ),
    );
    for (const { id, nodes } of results.violations) {
      found.push(
        `${page.url()} (${colorScheme}): ${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' | ')}`,
      );
    }
  }
  return found;
}
