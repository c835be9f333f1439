import { ensureInstalled } from './ensure-installed.mjs';

ensureInstalled();
const { STATIC_STEPS, runSteps } = await import('./steps.mjs');
const { runTool } = await import('./run-tool.mjs');
const failed = runSteps([
  ...STATIC_STEPS,
  ['unit tests', () => runTool('vitest', ['run', '--project', 'unit', '--project', 'dashboard'])],
]);
if (failed.length) process.stderr.write(`\nFailed: ${failed.join(', ')}\n`);
process.exit(failed.length ? 1 : 0);
