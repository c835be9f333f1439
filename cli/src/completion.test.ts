import { describe, expect, it } from 'vitest';
import { findCompletions } from './completions.ts';
import { createProgram } from './program.ts';
import { functionView, json } from './testing/fake-gateway.ts';
import { useCli } from './testing/use-cli.ts';

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
  const { gateway, host } = useCli();
  it('completes names of functions from the platform, and is silent without one', async () => {
    gateway.on('GET /api/functions', json({ items: [functionView({ name: 'hello' }), functionView({ name: 'other' })], next: null })); // prettier-ignore
    const asked = ['__complete', '--', 'describe', 'he'];
    expect(await host.run(asked, { apiUrl: gateway.url })).toEqual({ code: 0, out: 'hello\n', err: '' });
    expect(await host.run(asked, { apiUrl: 'http://127.0.0.1:1' })).toEqual({ code: 0, out: '', err: '' });
  });

  it.each(['bash', 'zsh', 'fish'])('prints a script for %s', async (shell) => {
    const { code, out } = await host.run(['completion', shell]);
    expect(code).toBe(0);
    expect(out).toContain('__complete');
  });

  it('refuses a shell it does not know', async () => {
    expect((await host.run(['completion', 'tcsh'])).code).toBe(2);
  });
});
