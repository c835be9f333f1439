import { ensureInstalled } from './ensure-installed.mjs';

ensureInstalled();
const { STATIC_STEPS, runSteps, runTool } = await import('./steps.mjs');
const failed = runSteps([
  ...STATIC_STEPS,
  ['unit tests', () => runTool('vitest', ['run', '--project', 'unit'])],
]);
if (failed.length) process.stderr.write(`\nFailed: ${failed.join(', ')}\n`);
process.exit(failed.length ? 1 : 0);
