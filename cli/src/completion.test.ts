import { spawn, spawnSync } from 'node:child_process';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findCompletions } from './completions.ts';
import { createProgram } from './program.ts';
import { functionView, json, startFakeGateway, type FakeGateway } from './testing/fake-gateway.ts';
import { createTestHost } from './testing/test-host.ts';

const PLAT = fileURLToPath(new URL('../bin/plat.mjs', import.meta.url));
const program = createProgram({ version: '0', execute: async () => undefined });
const words = (...typed: string[]) => findCompletions(program, typed).words;

describe('findCompletions()', () => {
  it('knows commands, those of a group, and none that is hidden', () => {
    expect(words('ver')).toEqual(['versions']);
    expect(words('projects', '')).toEqual(['create', 'ls', 'rm']);
    expect(words('')).toContain('deploy');
    expect(words('')).not.toContain('__complete');
  });

  it('knows the options of a command, and the choices of an option and of an argument', () => {
    expect(words('deploy', '--mem')).toEqual(['--memory']);
    expect(words('ls', '-o', 'js')).toEqual(['json']);
    expect(words('tokens', 'create', 'x', '--role', '')).toEqual(['admin', 'developer', 'invoker', 'viewer']);
    expect(words('completion', '')).toEqual(['bash', 'fish', 'zsh']);
  });

  it('takes the value of an option for what it is', () => {
    expect(words('--context', 'deploy', 'pro')).toEqual(['projects', 'promote']);
    expect(findCompletions(program, ['logs', '--tail', '5', ''])).toEqual({ words: [], wantsFunction: true });
  });

  it('wants names of functions only where one can stand', () => {
    expect(findCompletions(program, ['describe', '']).wantsFunction).toBe(true);
    expect(findCompletions(program, ['describe', 'hello', '']).wantsFunction).toBe(false);
    expect(findCompletions(program, ['projects', 'rm', '']).wantsFunction).toBe(false);
  });
});

describe('plat completion', () => {
  let gateway: FakeGateway;
  let host: ReturnType<typeof createTestHost>;
  beforeEach(async () => {
    gateway = await startFakeGateway();
    host = createTestHost();
  });
  afterEach(async () => {
    host.remove();
    await gateway.close();
  });

  it('completes names of functions from the platform, and is silent without one', async () => {
    gateway.on('GET /api/functions', json({ items: [functionView({ name: 'hello' }), functionView({ name: 'other' })], next: null })); // prettier-ignore
    const asked = ['__complete', '--', 'describe', 'he'];
    expect(await host.run(asked, { apiUrl: gateway.url })).toEqual({ code: 0, out: 'hello\n', err: '' });
    expect(await host.run(asked, { apiUrl: 'http://127.0.0.1:1' })).toEqual({ code: 0, out: '', err: '' });
  });

  it.each(['bash', 'zsh', 'fish'])('prints a script that %s can read', async (shell) => {
    const { code, out } = await host.run(['completion', shell]);
    expect(code).toBe(0);
    expect(out).toContain('__complete');
    if (spawnSync(shell, ['--version']).error) return;
    expect(spawnSync(shell, ['-n'], { input: out, encoding: 'utf8' })).toMatchObject({
      status: 0,
      stderr: '',
    });
  });

  it('refuses a shell it does not know', async () => {
    expect((await host.run(['completion', 'tcsh'])).code).toBe(2);
  });

  it.skipIf(spawnSync('bash', ['--version']).error !== undefined)('works in bash', async () => {
    gateway.on('GET /api/functions', json({ items: [functionView({ name: 'hello' })], next: null }));
    const bin = path.join(host.cwd, 'bin');
    await mkdir(bin);
    await writeFile(path.join(bin, 'plat'), `#!/bin/sh\nexec "${process.execPath}" "${PLAT}" "$@"\n`);
    await chmod(path.join(bin, 'plat'), 0o755);
    const { out: script } = await host.run(['completion', 'bash']);
    const file = path.join(host.cwd, 'plat.bash');
    await writeFile(file, script);
    // Asynchronous: the gateway answers from this process.
    const complete = async (line: string[]): Promise<string[]> => {
      const code = `source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _plat; printf '%s\\n' "\${COMPREPLY[@]}"`;
      const child = spawn('bash', ['--norc', '-c', code, 'test', file, ...line], {
        env: { ...process.env, PATH: `${bin}:${process.env['PATH']}`, API_URL: gateway.url, XDG_CONFIG_HOME: host.configFolder },
      }); // prettier-ignore
      let text = '';
      child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
      await new Promise((resolve) => child.once('close', resolve));
      return text.split('\n').filter(Boolean);
    };
    expect(await complete(['plat', 'rollb'])).toEqual(['rollback']);
    expect(await complete(['plat', 'describe', 'h'])).toEqual(['hello']);
    expect(await complete(['plat', 'alias', ''])).toEqual(['ls', 'rm', 'set']);
  });
});
