import { checkDashboard } from './check-dashboard.mjs';
import { runTool, startTool } from './run-tool.mjs';

/** Runs steps in order, says how long each took, and returns the names of those that failed. */
export async function runSteps(steps) {
  const failed = [];
  for (const [name, run] of steps) {
    const startedAt = performance.now();
    process.stdout.write(`\n== ${name}\n`);
    const ok = (await run()) === 0;
    process.stdout.write(
      `== ${name}: ${ok ? 'ok' : 'FAILED'} (${((performance.now() - startedAt) / 1000).toFixed(1)} s)\n`,
    );
    if (!ok) failed.push(name);
  }
  return failed;
}

/** Everything that needs neither an engine nor a browser. Lint takes as long as all else, on one core, and runs beside it. */
export function staticSteps() {
  const endOfLint = startTool('eslint', ['.', '--max-warnings', '0']);
  return [
    ['format', () => runTool('prettier', ['--check', '--log-level', 'warn', '.'])],
    ['types', () => runTool('tsc', ['-p', '.'])],
    ['types of the dashboard', () => runTool('tsc', ['-p', 'platform-ui'])],
    ['dashboard', checkDashboard],
    ['generated docs', () => runTool('tsx', ['scripts/generate-docs.ts', '--check'])],
    ['lint', endOfLint],
  ];
}
