import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { browserProblem, openBrowser, violations, visit, watchedPage } from './src/browser.ts';
import { engineProblem } from './src/engine.ts';
import { nodeFunction, writeFunction } from './src/function-folder.ts';
import { Platform } from './src/platform.ts';

const problem = (await engineProblem()) || browserProblem();

const BODY = `
  console.log('asked for', event.rawPath);
  if (event.rawPath === '/broken') throw new TypeError('there is no such order');
  return { order: event.rawPath };
`;

/** What happened and what runs, as the dashboard shows it; the tests go on where the one before ended. */
describe.skipIf(problem)('calls, logs and the platform in the dashboard', () => {
  let platform: Platform;
  let browser: Browser;
  let page: Page;
  let faults: string[];

  beforeAll(async () => {
    platform = await Platform.start();
    browser = await openBrowser();
    ({ page, faults } = await watchedPage(browser, platform.url));
    await visit(page, '/executions', page.getByLabel('Token'));
    await page.getByLabel('Token').fill('dev-token');
    await page.keyboard.press('Enter');
    // Signed in, which a page that is loaded before would not be.
    await page.getByRole('navigation', { name: 'Main' }).waitFor();
    await visit(page, '/executions', page.getByText('No call yet'));
    const folder = await writeFunction(
      await platform.workFolder('orders'),
      nodeFunction('orders', BODY, 'keepBodies: all\n'),
    );
    await platform.platOk(['deploy'], { cwd: folder });
  });
  afterAll(async () => {
    await browser?.close();
    await platform?.remove();
  });

  const shown = (text: string | RegExp) => page.getByText(text).first().waitFor();
  const goTo = async (label: string) => {
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: label }).click();
    await page.getByRole('heading', { level: 1, name: label }).waitFor();
  };

  const sumOfColumn = async (table: string, column: string) => {
    const [head, ...rows] = await page.getByRole('table', { name: table }).locator('tr').all();
    const at = (await head!.locator('th').allTextContents()).indexOf(column);
    const cells = await Promise.all(rows.map((row) => row.locator('th, td').nth(at).textContent()));
    return cells.reduce((sum, text) => sum + Number(text), 0);
  };
  const until = async (holds: () => Promise<boolean>) => {
    for (let looks = 0; !(await holds()); looks++) {
      if (looks > 150) throw new Error('It did not come to hold.');
      await page.waitForTimeout(100);
    }
  };

  it('lists a failing call without a reload, as the function’s own fault, and filters by the address', async () => {
    expect((await platform.curl('/function/orders/broken')).status).toBe(502);
    expect((await platform.curl('/function/orders/fine')).status).toBe(200);
    await shown('502 Function');
    await page.getByRole('link', { name: 'GET /fine' }).waitFor();
    expect(await violations(page)).toEqual([]);
    await visit(page, '/executions?who=function_error', page.getByText('502 Function'));
    await page.getByRole('link', { name: 'GET /broken' }).waitFor();
    expect(await page.getByRole('link', { name: 'GET /fine' }).count()).toBe(0);
  });

  it('shows a call: who failed, where its time went, what it printed; and makes it again', async () => {
    await page.getByRole('link', { name: 'GET /broken' }).click();
    await shown('502 · The function failed');
    await page.getByLabel('Why it failed').getByText('there is no such order').waitFor();
    await page.getByRole('table', { name: 'Phases of the call' }).getByText('The function, to its first byte').waitFor();
    await page.getByRole('log').getByText('asked for /broken').waitFor();
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('r');
    await shown(/^Status 502 after/);
    await page.getByRole('link', { name: 'Open its execution' }).click();
    await page.waitForURL(/\/executions\/[^/]+$/);
    await shown('502 · The function failed');
  }); // prettier-ignore

  it('follows what a function prints, and leads from a line to its call', async () => {
    await visit(page, '/functions/default/orders/logs', page.getByText('Live'));
    const { headers } = await platform.curl('/function/orders/later');
    const id = headers.get('x-request-id')!;
    await page.getByRole('log').getByText('asked for /later').waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByTitle(`Call ${id}`).click();
    await page.getByRole('heading', { name: 'GET /later' }).waitFor();
  });

  it('shows instances with what they use, runtimes, and the platform with its doctor', async () => {
    await goTo('Instances');
    const row = page.getByRole('row', { name: /orders/ });
    await row.getByText('ready').waitFor();
    await row.getByText(/MiB of/).waitFor();
    expect(await violations(page)).toEqual([]);
    await goTo('Runtimes');
    await shown('npx plat init hello --runtime node');
    expect(await violations(page)).toEqual([]);
    await goTo('System');
    await page.getByText(/\d+ well, \d+ to look at/).waitFor({ timeout: 60_000 });
    await shown('Engine available');
    expect(await violations(page)).toEqual([]);
  });

  it('shows the same calls as figures: at a glance, in the list of functions, and on the function’s page', async () => {
    await goTo('Overview');
    await page.getByRole('list', { name: 'At a glance' }).getByRole('link', { name: '2 calls' }).waitFor();
    await page.getByRole('table', { name: 'Top functions' }).getByRole('link', { name: 'orders' }).waitFor();
    await page.getByRole('region', { name: 'Recent failures' }).getByText('502 Function').first().waitFor();
    await page.locator('.MuiChartsSurface-root .MuiBarChart-element').first().waitFor({ state: 'attached' });
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Show as a table: Requests and errors' }).click();
    expect(await sumOfColumn('Requests and errors', 'Function')).toBe(2);
    expect(await violations(page)).toEqual([]);

    await goTo('Functions');
    await page.getByRole('row', { name: /orders/ }).getByRole('img', { name: /^at most \d+ in .*, 2 failed$/ }).waitFor();
    expect(await violations(page)).toEqual([]);
    await visit(page, '/functions/default/orders?range=15m&step=30s', page.getByText('One point is 30s.'));
    await page.getByRole('button', { name: 'Show as a table: Duration' }).click();
    await page.getByRole('table', { name: 'Duration' }).getByText(/ ms$/).first().waitFor();
    await page.getByRole('button', { name: 'Show as a table: Calls' }).click();
    const before = await sumOfColumn('Calls', 'Answered');
    expect((await platform.curl('/function/orders/more')).status).toBe(200);
    await until(async () => (await sumOfColumn('Calls', 'Answered')) === before + 1);
    expect(await violations(page)).toEqual([]);
    await page.getByRole('combobox', { name: 'Time' }).click();
    await page.getByRole('option', { name: 'Last 24 hours' }).click();
    await shown('One point is 15m.');
    await page.waitForURL(/\?(step=30s&)?range=24h/);
  }); // prettier-ignore

  it('goes to a page by mod+k', async () => {
    await page.keyboard.press('Control+k');
    await page.getByRole('option', { name: /orders: logs/ }).waitFor();
    expect(await violations(page)).toEqual([]);
    await page.keyboard.type('orders: ex');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/functions\/default\/orders\/executions$/);
    await page.getByRole('link', { name: 'GET /later' }).waitFor();
    expect(await violations(page)).toEqual([]);
  });

  it('had no error in its console, and asked no other host for anything', () => {
    // Chromium notes every answer that is no good one: the call that fails again, and one whose record is not there yet.
    expect(faults.filter((fault) => !/status of (502|404) .*\/api\/executions\//.test(fault))).toEqual([]);
  });
});
