/**
 * `npm test`: everything. What this machine cannot run (no engine, no base images) is skipped by name and listed at the
 * end; with PLAT_FORBID_SKIPS=1 a skip is a failure. Arguments go to vitest: `npm test -- e2e/deploy.test.ts`.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ensureInstalled } from './ensure-installed.mjs';

ensureInstalled();
const { runSteps, staticSteps } = await import('./steps.mjs');
const { runTool } = await import('./run-tool.mjs');
const filters = process.argv.slice(2);
const folder = mkdtempSync(path.join(os.tmpdir(), 'plat-test-'));
const reports = [];

function vitest(project) {
  const report = path.join(folder, `${project}.json`);
  reports.push(report);
  return runTool('vitest', [
    'run',
    '--project',
    project,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    '--passWithNoTests',
    ...filters,
  ]);
}

const tests = ['unit', 'dashboard', 'engine', 'e2e', 'e2e-alone'].map((project) => [
  `${project} tests`,
  () => vitest(project),
]);
const failedSteps = await runSteps(filters.length ? tests : [...staticSteps(), ...tests]);
const totals = { passed: 0, failed: 0, skipped: [] };
for (const report of reports) count(report);
rmSync(folder, { recursive: true, force: true });

if (totals.skipped.length) {
  process.stdout.write('\nNot run on this machine:\n');
  for (const name of totals.skipped) process.stdout.write(`  - ${name}\n`);
}
const forbidden = process.env.PLAT_FORBID_SKIPS === '1' && totals.skipped.length > 0;
if (forbidden) process.stdout.write('\nSkips are forbidden here (PLAT_FORBID_SKIPS=1).\n');
if (failedSteps.length) process.stdout.write(`\nFailed: ${failedSteps.join(', ')}\n`);
process.stdout.write(
  `\n${totals.passed} passed, ${totals.failed} failed, ${totals.skipped.length} skipped\n`,
);
process.exit(failedSteps.length || forbidden || totals.passed === 0 ? 1 : 0);

function count(report) {
  let results;
  try {
    results = JSON.parse(readFileSync(report, 'utf8'));
  } catch {
    return;
  }
  for (const file of results.testResults) {
    for (const test of file.assertionResults) {
      if (test.status === 'passed') totals.passed++;
      else if (test.status === 'failed') totals.failed++;
      else totals.skipped.push(`${path.relative(process.cwd(), file.name)}: ${test.fullName}`);
    }
    if (file.status === 'failed' && file.assertionResults.length === 0) totals.failed++;
  }
}
