import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestHost } from './testing/test-host.ts';

let host: ReturnType<typeof createTestHost>;
beforeEach(() => {
  host = createTestHost();
});
afterEach(() => host.remove());

describe('plat init', () => {
  const template = () => {
    const folder = path.join(host.cwd, 'package', 'templates', 'node');
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, 'plat.yaml'), 'name: {{name}}\nruntime: node\n');
    writeFileSync(path.join(folder, '_gitignore'), 'node_modules\n');
    mkdirSync(path.join(host.cwd, 'package', 'templates', 'python'));
    writeFileSync(path.join(host.cwd, 'package', 'templates', 'python', 'main.py'), '# {{name}}\n');
    return path.join(host.cwd, 'package');
  };

  it('writes the template with the name in it, and takes my-function without a terminal', async () => {
    const packageFolder = template();
    expect((await host.run(['init', 'hello', '--runtime', 'node'], { packageFolder })).code).toBe(0);
    expect(readFileSync(path.join(host.cwd, 'hello', 'plat.yaml'), 'utf8')).toBe(
      'name: hello\nruntime: node\n',
    );
    expect(readdirSync(path.join(host.cwd, 'hello'))).toEqual(['.gitignore', 'plat.yaml']);
    expect((await host.run(['init', '--runtime', 'python'], { packageFolder })).code).toBe(0);
    expect(readFileSync(path.join(host.cwd, 'my-function', 'main.py'), 'utf8')).toBe('# my-function\n');
    expect(readFileSync(path.join(host.cwd, 'my-function', 'plat.yaml'), 'utf8')).toContain(
      'runtime: python',
    );
  });

  it('asks for name and runtime on a terminal', async () => {
    const prompts = { isInteractive: true, text: async () => 'asked', select: async () => 'python' };
    expect((await host.run(['init'], { packageFolder: template(), prompts })).code).toBe(0);
    expect(readdirSync(path.join(host.cwd, 'asked'))).toContain('main.py');
  });

  it('refuses a bad name, an unknown runtime and a folder that is not empty', async () => {
    const packageFolder = template();
    expect(await host.run(['init', 'Hello'], { packageFolder })).toMatchObject({ code: 2 });
    expect((await host.run(['init', 'hello', '--runtime', 'nod'], { packageFolder })).err).toContain(
      'Did you mean "node"?',
    );
    mkdirSync(path.join(host.cwd, 'hello'));
    writeFileSync(path.join(host.cwd, 'hello', 'mine.txt'), 'mine');
    expect((await host.run(['init', 'hello'], { packageFolder })).code).toBe(5);
    expect((await host.run(['init', 'hello', '--force'], { packageFolder })).code).toBe(0);
    expect(readdirSync(path.join(host.cwd, 'hello'))).toContain('mine.txt');
  });
});
