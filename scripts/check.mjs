import { ensureInstalled } from './ensure-installed.mjs';

ensureInstalled();
const { runSteps, staticSteps } = await import('./steps.mjs');
const { runTool } = await import('./run-tool.mjs');
const failed = await runSteps([
  ...staticSteps(),
  ['unit tests', () => runTool('vitest', ['run', '--project', 'unit', '--project', 'dashboard'])],
]);
if (failed.length) process.stderr.write(`\nFailed: ${failed.join(', ')}\n`);
process.exit(failed.length ? 1 : 0);
