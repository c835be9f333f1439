import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const hasPython = spawnSync('python3', ['--version']).status === 0;

describe.skipIf(!hasPython)(`the Python server${hasPython ? '' : ' (skipped: there is no python3)'}`, () => {
  it('passes its own unit tests', () => {
    const env = {
      ...process.env,
      PYTHONPATH: path.resolve(import.meta.dirname, '../server'),
      PYTHONDONTWRITEBYTECODE: '1',
    };
    const run = spawnSync('python3', ['-m', 'unittest', 'discover', '-s', import.meta.dirname], {
      env,
      encoding: 'utf8',
    });
    expect(run.stderr).toMatch(/Ran \d+ tests[^]*\nOK\n$/);
  });
});
