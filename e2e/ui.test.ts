import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { browserProblem, openBrowser, violations, visit, watchedPage } from './src/browser.ts';
import { engineProblem } from './src/engine.ts';
import { nodeFunction, writeFunction } from './src/function-folder.ts';
import { Platform } from './src/platform.ts';

const problem = (await engineProblem()) || browserProblem();

/** One browser, one platform, real containers; the tests go on where the one before ended. */
describe.skipIf(problem)('the dashboard', () => {
  let platform: Platform;
  let browser: Browser;
  let page: Page;
  let faults: string[];
  let folder: string;

  beforeAll(async () => {
    platform = await Platform.start();
    browser = await openBrowser();
    ({ page, faults } = await watchedPage(browser, platform.url));
    folder = await writeFunction(await platform.workFolder('greet'), nodeFunction('greet', 'return "one";'));
  });
  afterAll(async () => {
    await browser?.close();
    await platform?.remove();
  });

  const shown = (text: string | RegExp) => page.getByText(text).first().waitFor();
  const deploy = async (body: string) => {
    await writeFile(path.join(folder, 'index.mjs'), `export const handler = async () => { ${body} };\n`);
    return platform.plat(['deploy'], { cwd: folder });
  };

  it('signs in with a token, and stays signed in over a reload', async () => {
    await visit(page, '/functions?q=gre', page.getByLabel('Token'));
    expect(await violations(page)).toEqual([]);
    await page.getByLabel('Token').fill('dev-token');
    await page.keyboard.press('Enter');
    await shown('Deploy your first function');
    expect(page.url()).toBe(`${platform.url}/functions?q=gre`);
    expect(await violations(page)).toEqual([]);
    await page.reload();
    await shown('Deploy your first function');
  });

  it('shows a function as soon as it is deployed, and filters the list by its address', async () => {
    await platform.platOk(['deploy'], { cwd: folder });
    await page.getByRole('link', { name: 'greet' }).waitFor();
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('/');
    await page.keyboard.type('zz');
    expect(page.url()).toContain('q=grezz');
    await shown('No function fits');
    await page.keyboard.press('Escape');
    await page.getByRole('link', { name: 'greet' }).click();
    await shown('Live configuration');
    expect(await violations(page)).toEqual([]);
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Overview' }).click();
    await shown('npx plat invoke greet');
    expect(await violations(page)).toEqual([]);
    await page.goBack();
  });

  it('shows versions, why one failed, rolls back and promotes', async () => {
    await deploy('return "two";');
    await deploy('}; throw new Error("it broke at its start"); {');
    await page
      .getByRole('navigation', { name: 'Pages of greet' })
      .getByRole('link', { name: 'Versions' })
      .click();
    await page.getByRole('button', { name: 'Roll back …' }).waitFor();
    await page.getByRole('link', { name: 'Version 3' }).click();
    await shown('Version 3 was built, but did not start');
    await shown(/it broke at its start/);
    expect(await violations(page)).toEqual([]);
    await page.goBack();
    await page.getByRole('button', { name: 'Roll back …' }).click();
    await page.getByRole('dialog').getByText('version 1', { exact: true }).waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Roll back', exact: true }).click();
    await shown('Rolled back from version 2 to version 1.');
    expect((await platform.curl('/function/greet')).text).toBe('"one"');
    await page.getByRole('checkbox', { name: 'Compare version 1' }).check();
    await page.getByRole('checkbox', { name: 'Compare version 2' }).check();
    await shown('Their configurations are the same.');
    await page.getByRole('button', { name: 'Make live: version 2' }).click();
    await page.getByRole('dialog').getByText('{"version":2}').waitFor();
    await page.getByRole('button', { name: 'Make it live' }).click();
    await shown('Version 2 is live.');
    expect((await platform.curl('/function/greet')).text).toBe('"two"');
    expect(await violations(page)).toEqual([]);
  });

  it('moves live in steps, and takes the version back', async () => {
    await page.getByRole('button', { name: 'Make live: version 1' }).click();
    await page.getByRole('button', { name: 'In steps' }).click();
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Begin the rollout' }).click();
    await page.getByRole('listitem', { name: '10 %: under way' }).waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Abort' }).click();
    await page.getByRole('button', { name: 'Abort the rollout' }).click();
    await shown('Version 1 is taken back.');
    expect((await platform.curl('/function/greet')).text).toBe('"two"');
  });

  it('lists builds, with the one that failed, and deploys it again', async () => {
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Builds' }).click();
    await page
      .getByRole('row', { name: /greet v3/ })
      .getByText('Failed', { exact: true })
      .waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByRole('link', { name: 'greet v2' }).click();
    await page.getByRole('table', { name: 'Phases of the deploy' }).waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Deploy again' }).click();
    await page.waitForURL(/\/versions\/4$/);
    await page.getByRole('main').getByText('Ready').first().waitFor({ timeout: 90_000 });
  });

  it('makes a function in the editor, shows its build, tests it, tells whose fault a failure is, and mends it', async () => {
    const write = async (code: string) => {
      const editor = page.getByRole('textbox', { name: /Content of index.mjs/ });
      await editor.waitFor({ state: 'attached' });
      await editor.focus();
      await page.keyboard.press('Control+A');
      await page.keyboard.insertText(code);
    };
    await visit(page, '/new', page.getByLabel('Name', { exact: true }));
    await page.getByLabel('Name', { exact: true }).fill('drawn');
    await page.getByRole('radio', { name: /^Node.js 24 Event/ }).check({ force: true });
    await write(
      'export const handler = async (event) => { console.log("seen", event.name); return { got: event.name }; };',
    );
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Deploy', exact: true }).click();
    await page.getByRole('log', { name: 'Build log' }).waitFor();
    await page.getByRole('main').getByText('Ready').first().waitFor({ timeout: 90_000 });

    const open = (tab: string) =>
      page.getByRole('navigation', { name: 'Pages of drawn' }).getByRole('link', { name: tab }).click();
    await open('Test');
    await page.getByRole('button', { name: 'Run' }).click();
    await shown('"got": "Ada"');
    await shown('the function');
    await shown(/seen Ada/);
    expect(await violations(page)).toEqual([]);

    await open('Code');
    await write('export const handler = async () => { throw new Error("broken on purpose"); };');
    await shown('1 file changed');
    await page.keyboard.press('Control+Enter');
    await page.getByText('Version 2', { exact: true }).waitFor();
    await page.getByRole('main').getByText('Ready').first().waitFor({ timeout: 90_000 });
    await open('Test');
    await page.getByRole('button', { name: 'Run' }).click();
    await shown(/broken on purpose/);
    expect(faults.splice(0).filter((fault) => !fault.includes('/invoke'))).toEqual([]);

    await open('Code');
    await page.getByLabel('Compare with').click();
    await page.getByRole('option', { name: 'Version 1' }).click();
    await shown('Changed file');
    expect(await violations(page)).toEqual([]);
    await open('Configuration');
    await page.getByLabel('Memory').fill('1MB');
    await shown(/expected a size from 32MB/);
    await page.getByLabel('Memory').fill('192MB');
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Deploy with these' }).click();
    await page.getByText('Version 3', { exact: true }).waitFor();
    await shown('192 MB');
  });

  it('fits a narrow window, with the tab in sight that is shown', async () => {
    await page.setViewportSize({ width: 360, height: 740 });
    for (const at of ['/', '/executions', '/instances', '/functions/default/greet/versions', '/functions/default/greet/logs']) {
      await visit(page, at, page.getByRole('heading'));
      expect(await page.evaluate(() => document.documentElement.scrollWidth), at).toBe(360);
    }
    const shownTab = page.getByRole('navigation', { name: 'Pages of greet' }).getByRole('link', { name: 'Logs' });
    await expect.poll(() => shownTab.evaluate((tab) => tab.getBoundingClientRect().right)).toBeLessThan(360);
    await page.setViewportSize({ width: 1280, height: 720 });
  }); // prettier-ignore

  it('stops, starts and deletes, and another tab is told', async () => {
    const other = await page.context().newPage();
    await visit(other, '/functions', other.getByLabel('Token'));
    await other.getByLabel('Token').fill('dev-token');
    await other.keyboard.press('Enter');
    const there = other.getByRole('row', { name: /greet/ });
    await there.getByText('Active').waitFor();
    const stop = page.getByRole('button', { name: 'Stop', exact: true });
    await visit(page, '/functions/default/greet', stop);
    await stop.click();
    await shown('Stopped');
    await there.getByText('Stopped').waitFor();
    // Its row is fainter, and can still be read.
    expect(await violations(other)).toEqual([]);
    await page.getByRole('button', { name: 'Start', exact: true }).click();
    await shown('Active');
    await page.getByRole('button', { name: 'Actions of greet' }).click();
    await page.getByRole('menuitem', { name: 'Delete …' }).click();
    await page.getByLabel('Type greet to confirm').fill('greet');
    await page.getByRole('button', { name: 'Delete the function' }).click();
    await shown('greet is deleted.');
    await there.waitFor({ state: 'detached' });
    await other.close();
    expect((await platform.curl('/function/greet')).status).toBe(404);
  });

  it('had no error in its console, and asked no other host for anything', () => {
    expect(faults).toEqual([]);
  });
});
