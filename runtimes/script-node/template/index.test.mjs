import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import test from 'node:test';

const run = (...args) => spawnSync(process.execPath, ['index.mjs', ...args], { encoding: 'utf8' });

test('adds its arguments', () => {
  assert.equal(run('3', '4').stdout, '3 + 4 = 7\n');
});

test('says what it needs', () => {
  const { status, stderr } = run('three');
  assert.equal(status, 2);
  assert.match(stderr, /Two numbers/);
});
