import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';

const MODULE = import.meta.resolve('./end-with-parent.mjs');
const BRIEF = 'setTimeout(() => process.exit(), 60_000);';
const CHILD = `import { endWithParent } from ${JSON.stringify(MODULE)};
  endWithParent(); process.on('SIGTERM', () => { console.log('ends'); process.exit(); }); ${BRIEF} console.log('runs');`;
const PARENT = `import { spawn } from 'node:child_process';
  spawn(process.execPath, ['--input-type=module', '--eval', ${JSON.stringify(CHILD)}], { stdio: ['pipe', 'inherit', 'inherit'] });
  ${BRIEF}`;

test('a process that ends with its parent goes on until that is killed, and then closes by itself', async () => {
  const parent = spawn(process.execPath, ['--input-type=module', '--eval', PARENT], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  parent.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
  await expect.poll(() => printed).toBe('runs\n');
  parent.kill('SIGKILL');
  // Closed once the last process that holds it is gone.
  await once(parent.stdout, 'end');
  expect(printed).toBe('runs\nends\n');
});
