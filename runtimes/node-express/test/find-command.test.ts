import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findCommand } from '../server/find-command.cjs';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'plat-find-command-'));
});
afterEach(() => rm(folder, { recursive: true }));

const write = (name: string, content: unknown) =>
  writeFile(path.join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));

describe('findCommand()', () => {
  it('starts a plain node script without npm, and leaves any other to it', async () => {
    await write('package.json', { scripts: { start: 'node server.js --verbose' }, main: 'other.js' });
    expect(findCommand(folder)).toEqual({ kind: 'node', args: ['server.js', '--verbose'] });
    for (const start of ['NODE_ENV=x node server.js', 'node a.js && node b.js', 'next start']) {
      await write('package.json', { scripts: { start } });
      expect(findCommand(folder)).toEqual({ kind: 'npm' });
    }
  });

  it('takes main without a start script, and the usual names without either', async () => {
    await write('app.js', '');
    expect(findCommand(folder)).toEqual({ kind: 'node', args: ['app.js'] });
    await write('package.json', { main: 'absent' });
    expect(() => findCommand(folder)).toThrow('"absent" as main, which is no file');
    await write('package.json', { main: 'app' });
    expect(findCommand(folder)).toEqual({ kind: 'node', args: ['app.js'] });
  });

  it('says what it looked for', async () => {
    expect(() => findCommand(folder)).toThrow('there is no server to start');
    await write('package.json', '{');
    expect(() => findCommand(folder)).toThrow('package.json is not valid JSON');
  });
});
