import { checkDashboard } from './check-dashboard.mjs';
import { runTool } from './run-tool.mjs';

/** Runs steps in order, says how long each took, and returns the names of those that failed. */
export function runSteps(steps) {
  const failed = [];
  for (const [name, run] of steps) {
    const startedAt = performance.now();
    process.stdout.write(`\n== ${name}\n`);
    const ok = run() === 0;
    process.stdout.write(
      `== ${name}: ${ok ? 'ok' : 'FAILED'} (${((performance.now() - startedAt) / 1000).toFixed(1)} s)\n`,
    );
    if (!ok) failed.push(name);
  }
  return failed;
}

/** Everything that needs neither an engine nor a browser. */
export const STATIC_STEPS = [
  ['format', () => runTool('prettier', ['--check', '--log-level', 'warn', '.'])],
  ['lint', () => runTool('eslint', ['.', '--max-warnings', '0'])],
  ['types', () => runTool('tsc', ['-p', '.'])],
  ['types of the dashboard', () => runTool('tsc', ['-p', 'platform-ui'])],
  ['dashboard', checkDashboard],
  ['generated docs', () => runTool('tsx', ['scripts/generate-docs.ts', '--check'])],
];
