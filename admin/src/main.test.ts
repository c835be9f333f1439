import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const BIN = fileURLToPath(new URL('../bin/plat-admin.mjs', import.meta.url));

async function run(...args: string[]) {
  const child = spawn(process.execPath, [BIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code: child.exitCode, stdout, stderr };
}

test(
  'plat-admin says in one line what is wrong, without a stack or a password',
  { timeout: 60_000 },
  async () => {
    const missing = await run(
      'migrate-store',
      '--from',
      'sqlite:/nowhere/plat.db',
      '--to',
      'postgres://me:hunter2@h/x',
    );
    expect(missing).toMatchObject({ code: 1, stdout: '' });
    expect(missing.stderr).toMatch(/^[^\n]*\/nowhere\/plat\.db[^\n]*\n$/);
    const usage = await run('backup');
    expect(usage.code).toBe(2);
    expect(usage.stderr).toContain("required option '--out <file>'");
    const help = await run('--help');
    expect(help.code).toBe(0);
    expect(help.stdout).toContain('restore [options] <file>');
  },
);
