import { afterEach } from 'vitest';
import { Platform } from './platform.ts';

const LINES = 60;

/** What a test saw says what went wrong; what its platforms said meanwhile often says why. */
afterEach(({ task }) => {
  if (task.result?.state !== 'fail') return;
  for (const { namespace, output } of Platform.present)
    console.log(`The last lines of ${namespace}:\n${output.trimEnd().split('\n').slice(-LINES).join('\n')}`);
});
