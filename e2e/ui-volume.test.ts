import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { browserProblem, openBrowser, watchedPage } from './src/browser.ts';
import { engineProblem } from './src/engine.ts';
import { fillRecord } from './src/fill-record.ts';
import { layoutShift, watchLayout } from './src/layout-shift.ts';
import { Platform } from './src/platform.ts';

const problem = (await engineProblem()) || browserProblem();

const FUNCTIONS = 5000;
const EXECUTIONS = 100_000;
const SHIFT_LIMIT = 0.05;
const FUNCTION = '/functions/default/f0042';

/** A platform with much in it, and a browser whose network is bad; nothing of it runs. */
describe.skipIf(problem)('the dashboard of a large platform', () => {
  let platform: Platform;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let faults: string[];

  beforeAll(async () => {
    platform = await Platform.start();
    await platform.stop();
    await fillRecord(platform.env['PLAT_DATA_DIR']!, { functions: FUNCTIONS, executions: EXECUTIONS });
    await platform.boot();
    browser = await openBrowser();
    ({ page, faults } = await watchedPage(browser, platform.url));
    context = page.context();
    await watchLayout(page);
    await signIn(page, '/functions', 'dev-token');
  });
  afterAll(async () => {
    await browser?.close();
    await platform?.remove();
  });

  const signIn = async (on: Page, path: string, token: string) => {
    await on.goto(path);
    await on.getByLabel('Token').fill(token);
    await on.keyboard.press('Enter');
    await on.getByRole('navigation', { name: 'Main' }).waitFor();
  };
  const shown = (text: string | RegExp, on = page) => on.getByText(text).first().waitFor();

  it('lists and searches 5,000 functions, and their builds', async () => {
    await page
      .getByText(/5.000 functions/)
      .first()
      .waitFor({ timeout: 90_000 });
    await page.keyboard.press('/');
    await page.keyboard.type('f4999');
    await page.getByRole('link', { name: 'f4999' }).waitFor();
    await shown(/^1 of 5.000 functions/);
    await page.goto('/builds?q=f4998');
    await page.getByRole('link', { name: 'f4998 v1' }).waitFor();
    await page.goto('/builds');
    await page.getByRole('link', { name: 'f4999 v1' }).waitFor();
    await page.getByRole('button', { name: 'Older' }).click();
    await page.getByRole('link', { name: 'f4949 v1' }).waitFor();
  });

  it('goes to one of 5,000 functions by mod+k', async () => {
    await page.goto('/builds');
    await page.getByRole('link', { name: 'f4999 v1' }).waitFor();
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Go to' }).waitFor();
    await page.keyboard.type('f0042');
    await page.getByRole('option', { name: /^f0042\s*default/ }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'f0042' }).waitFor();
    expect(new URL(page.url()).pathname).toBe(FUNCTION);
  });

  it.each(['/functions', FUNCTION, `${FUNCTION}/versions`, `${FUNCTION}/executions`, '/executions', '/builds', '/instances', '/runtimes', '/system'])(
    'moves nothing about while %s loads',
    async (path) => {
      await page.goto(path);
      await page.getByRole('status', { name: 'Loading' }).first().waitFor({ state: 'detached', timeout: 90_000 });
      expect(await layoutShift(page)).toBeLessThanOrEqual(SHIFT_LIMIT);
    },
  ); // prettier-ignore

  it('shows that it loads on a slow network, and then what came', async () => {
    const session = await context.newCDPSession(page);
    await session.send('Network.enable');
    const network = { offline: false, downloadThroughput: 60_000, uploadThroughput: 60_000 };
    await session.send('Network.emulateNetworkConditions', { ...network, latency: 400 });
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Builds' }).click();
    await page.getByRole('status', { name: 'Loading' }).first().waitFor();
    await page.getByRole('link', { name: 'f4999 v1' }).waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
    await session.detach();
  });

  it('keeps what it shows while the network is away, says so, and goes on by itself', async () => {
    await page.goto('/builds');
    await page.getByRole('link', { name: 'f4999 v1' }).waitFor();
    await context.setOffline(true);
    await shown(/This browser is offline/);
    await page.getByRole('link', { name: 'f4999 v1' }).waitFor();
    await context.setOffline(false);
    await page.getByText(/This browser is offline/).waitFor({ state: 'detached' });
    // The browser's own notes of requests that could not be made.
    expect(faults.splice(0).filter((fault) => !fault.includes('ERR_INTERNET_DISCONNECTED'))).toEqual([]);
  });

  it('shows in one tab what is changed in another', async () => {
    await page.goto(FUNCTION);
    await shown('Live configuration');
    const other = await context.newPage();
    await signIn(other, FUNCTION, 'dev-token');
    await other.getByRole('button', { name: 'Stop', exact: true }).click();
    await shown('Stopped');
    await page.getByRole('button', { name: 'Start', exact: true }).click();
    await shown('Active', other);
    await other.close();
  });

  it('leads to the sign-in, with the reason, when the token is taken away', async () => {
    const { id, token } = JSON.parse(
      (
        await platform.curl('/api/tokens', {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ name: 'short-lived', role: 'viewer' }),
        })
      ).text,
    ) as { id: string; token: string };
    const other = await context.newPage();
    await signIn(other, FUNCTION, token);
    await shown('Live configuration', other);
    await platform.curl(`/api/tokens/${id}`, { method: 'DELETE' });
    await other.getByLabel('Token').waitFor();
    await other.getByRole('alert').waitFor();
    expect(other.url()).toContain(FUNCTION);
    await other.close();
  });

  it('says what a role may not see, in the same way on every page', async () => {
    const { token } = JSON.parse(
      (
        await platform.curl('/api/tokens', {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ name: 'caller', role: 'invoker' }),
        })
      ).text,
    ) as { token: string };
    const other = await context.newPage();
    await signIn(other, '/builds', token);
    for (const path of ['/builds', '/executions', '/instances', `${FUNCTION}/versions`, `${FUNCTION}/code`, `${FUNCTION}/logs`]) {
      await other.goto(path);
      await other.getByRole('alert').getByText('forbidden').first().waitFor();
    }
    await other.close();
  }); // prettier-ignore

  it('had no error in its console, and asked no other host for anything', () => {
    expect(faults).toEqual([]);
  });
});
