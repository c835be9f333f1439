import { mkdtempSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readUserConfig, userConfigPath, writeUserConfig } from './user-config.ts';

let folder: string;
beforeEach(() => {
  folder = path.join(mkdtempSync(path.join(os.tmpdir(), 'plat-config-test-')), 'plat');
});
afterEach(() => rmSync(path.dirname(folder), { recursive: true, force: true }));

describe('the user’s configuration', () => {
  it('is empty when there is no file', async () => {
    expect(await readUserConfig(folder)).toEqual({ currentContext: 'default', contexts: {} });
  });

  it('is readable by its owner only, also where the file was not', async () => {
    mkdirSync(folder);
    writeFileSync(userConfigPath(folder), '{}', { mode: 0o644 });
    const config = { currentContext: 'a', contexts: { a: { url: 'http://a.test', token: 't' } } };
    await writeUserConfig(folder, config);
    expect(await readUserConfig(folder)).toEqual(config);
    expect(statSync(userConfigPath(folder)).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['config.json']);
  });

  it.each([
    ['{', 'not JSON'],
    ['[]', 'expected'],
    ['{"currentContext":"a","contexts":{"a":{"token":"t"}}}', 'context "a" has no url'],
    ['{"currentContext":"a","contexts":{"a":{"url":"http://a","token":5}}}', 'token is not text'],
  ])('names its file when it is %s', async (text, problem) => {
    mkdirSync(folder);
    writeFileSync(userConfigPath(folder), text);
    await expect(readUserConfig(folder)).rejects.toThrow(`${userConfigPath(folder)} is not valid: `);
    await expect(readUserConfig(folder)).rejects.toThrow(problem);
  });
});
