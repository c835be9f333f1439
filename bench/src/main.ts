/**
 * `npm run bench [-- --short] [-- --soak <minutes>] [-- <scenario> …]`: what a call costs, against the same container
 * without the platform and against others that do the same. Everything that is compared runs in turns in this one run.
 * Prints tables, and writes `bench/results/<full|short>.json` and `.svg`.
 */
import path from 'node:path';
import { REPOSITORY } from '@plat/e2e/platform.ts';
import { Bench } from './bench.ts';
import { closedLoop } from './load/closed-loop.ts';
import { readOptions } from './options.ts';
import { describeMachine, printFinding, printGoals, writeJson, writeReport, type Report } from './report.ts';
import type { Scenario } from './scenario.ts';
import { coldStart } from './scenarios/cold-start.ts';
import { cpuPerRequest } from './scenarios/cpu-per-request.ts';
import { dashboard } from './scenarios/dashboard.ts';
import { firstCalls } from './scenarios/first-calls.ts';
import { noisyNeighbour } from './scenarios/noisy-neighbour.ts';
import { openLoopAt1000 } from './scenarios/open-loop.ts';
import { overload } from './scenarios/overload.ts';
import { sleepingFunctions } from './scenarios/sleeping-functions.ts';
import { streams } from './scenarios/streams.ts';
import { tenFunctions } from './scenarios/ten-functions.ts';
import { wakeFromPause } from './scenarios/wake-from-pause.ts';
import { warmPath } from './scenarios/warm-path.ts';
import { wholePlatforms } from './scenarios/whole-platforms.ts';
import { printLook, printSoak } from './soak/print-soak.ts';
import { isWell, soak } from './soak/soak.ts';

/** A new scenario is a file beside these and a place in this list. */
const SCENARIOS: Scenario[] = [
  warmPath,
  cpuPerRequest,
  openLoopAt1000,
  streams,
  sleepingFunctions,
  wakeFromPause,
  coldStart,
  firstCalls,
  tenFunctions,
  overload,
  noisyNeighbour,
  wholePlatforms,
  dashboard,
];

const RESULTS = path.join(REPOSITORY, 'bench/results');

const options = readOptions(process.argv.slice(2));
const { isShort, soakMinutes } = options;
const unknown = options.only.filter((part) => !SCENARIOS.some(({ name }) => name.includes(part)));
if (unknown.length > 0) {
  const names = SCENARIOS.map(({ name }) => `  ${name}`).join('\n');
  console.error(`No scenario has "${unknown.join('", "')}" in its name. There are:\n${names}`);
  process.exit(2);
}
const load = await closedLoop();
const bench = new Bench({ isShort, load });
const report: Report = {
  at: new Date().toISOString(),
  isShort,
  load: load.name,
  machine: describeMachine(),
  findings: {},
  failed: {},
};
console.log(`Load by ${load.name} on`, report.machine);
try {
  if (soakMinutes > 0) {
    const lived = await soak(load, soakMinutes, printLook);
    printSoak(lived);
    const { at, machine } = report;
    await writeJson(path.join(RESULTS, 'soak.json'), { at, machine, ...lived });
    if (!isWell(lived)) process.exitCode = 1;
  } else {
    for (const scenario of SCENARIOS.filter(isWanted)) await runScenario(scenario);
    console.log('\nAll goals');
    printGoals(Object.values(report.findings).flatMap(({ goals }) => goals));
    await writeReport(RESULTS, isShort ? 'short' : 'full', report);
  }
} finally {
  await bench.close();
}
for (const [name, reason] of Object.entries(report.failed)) console.error(`failed: ${name}: ${reason}`);
if (Object.keys(report.failed).length > 0) process.exitCode = 1;

function isWanted({ name, isLong }: Scenario): boolean {
  const { only } = options;
  return only.length > 0 ? only.some((part) => name.includes(part)) : !(isShort && isLong);
}

/** One that cannot be measured does not keep the others from it. */
async function runScenario(scenario: Scenario): Promise<void> {
  try {
    const finding = await scenario.run(bench);
    report.findings[scenario.name] = finding;
    printFinding(scenario.name, finding);
  } catch (error) {
    report.failed[scenario.name] = (error as Error).message;
    console.error(`\n${scenario.name} failed:`, error);
  }
}
